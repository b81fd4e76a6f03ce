import { type ApiAnswer, type ApiError, malformed } from '../../api/answer.ts';
import { type Asked, Refusal, type Reply } from './exchange.ts';

export const jsonType = 'application/json';

export function jsonReply(status: number, data: unknown): Reply {
  return { status, type: jsonType, body: `${JSON.stringify(data)}\n` };
}

export function replyOf({ status, data }: ApiAnswer): Reply {
  const revision =
    typeof data === 'object' && data !== null && 'revision' in data ? data.revision : undefined;
  return {
    ...jsonReply(status, data),
    headers: typeof revision === 'number' ? { ETag: `"${revision}"` } : {},
  };
}

export function refuseAsJson(status: number, reason: string): Reply {
  return replyOf({ status, data: { errors: [errorOfHttp(reason)] } });
}

/** The reason is all that there is to say: nothing else was expected of this one request. */
function errorOfHttp(message: string): ApiError {
  return { ...malformed(''), error: 'http', message };
}

/** The body of a request, of at most so many bytes. Rejects with a Refusal. */
export async function jsonOf(
  { headers, body }: Pick<Asked, 'headers' | 'body'>,
  longest?: number,
): Promise<unknown> {
  if (!/^application\/json *(?:;|$)/i.test(headers['content-type'] ?? ''))
    throw new Refusal(415, 'a body is of type application/json');
  const text = await body(longest);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, 'the body is no JSON', { cause: error });
  }
}
