import type { IncomingMessage } from 'node:http';
import { GatheredBytes } from '../gathered-bytes.ts';
import { Refusal } from './exchange.ts';

/** The body of a request as text. Rejects with a Refusal where it is longer than so many bytes, or no UTF-8. */
export async function bodyOf(request: IncomingMessage, longest: number): Promise<string> {
  const tooLong = (): Refusal => new Refusal(413, `a body of at most ${longest} bytes is taken`);
  if (Number(request.headers['content-length'] ?? 0) > longest) throw tooLong();
  const gathered = new GatheredBytes();
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) throw new Error('a body is bytes');
    if (gathered.length + part.length > longest) throw tooLong();
    gathered.add(part);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(gathered.bytes);
  } catch (error) {
    throw new Refusal(400, 'the body is no UTF-8', { cause: error });
  }
}
