import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { reasonOf } from '../../text/reason.ts';

type Chunks = AsyncIterable<Uint8Array>;

/**
 * The bytes of a capture, unzipped where they are gzip's, in chunks as they come; of several that were joined all.
 * What is damaged ends it, after all that stands before: `onDamage` is told why. Rejects where `source` does.
 */
export async function* unzipped(source: Chunks, onDamage: (reason: string) => void): Chunks {
  const chunks = source[Symbol.asyncIterator]();
  try {
    const beginning: Uint8Array[] = [];
    let length = 0;
    while (length < 2) {
      const { value, done } = await chunks.next();
      if (done === true) break;
      beginning.push(value);
      length += value.length;
    }
    const [first, second] = Buffer.concat(beginning.map((chunk) => chunk.subarray(0, 2)));
    const whole = rest(beginning, chunks);
    yield* first === 0x1f && second === 0x8b ? unzip(whole, onDamage) : whole;
  } finally {
    await chunks.return?.();
  }
}

async function* rest(beginning: readonly Uint8Array[], chunks: AsyncIterator<Uint8Array>): Chunks {
  yield* beginning;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

async function* unzip(source: Chunks, onDamage: (reason: string) => void): Chunks {
  const compressed = Readable.from(source);
  let failure: Error | undefined;
  const gunzip = createGunzip();
  // That of the source is one of reading; it ends the unzipping too.
  compressed.once('error', (error: Error) => {
    failure = error;
    gunzip.destroy(error);
  });
  compressed.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (error) {
    if (failure !== undefined) throw failure;
    onDamage(`gzip can't unzip it further: ${reasonOf(error)}`);
  } finally {
    compressed.destroy();
    gunzip.destroy();
  }
}
