/** One message: its length as four bytes, most significant first, then that many bytes of JSON. */
export const maximumFrame = 1024 * 1024;

export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8');
  if (body.length > maximumFrame) throw new RangeError(`a message of ${body.length} bytes`);
  const frame = Buffer.allocUnsafe(4 + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, 4);
  return frame;
}

/** Puts frames together from chunks as they arrive. Throws on one that is too long or no JSON. */
export class FrameReader {
  #pending: Buffer[] = [];
  #length = 0;

  *read(chunk: Buffer): Generator<unknown> {
    this.#pending.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= 4) {
      const buffer = this.#joined();
      const size = buffer.readUInt32BE(0);
      if (size > maximumFrame)
        throw new RangeError(`a message of ${size} bytes; the limit is ${maximumFrame}`);
      if (buffer.length < 4 + size) return;
      this.#pending = [buffer.subarray(4 + size)];
      this.#length = buffer.length - 4 - size;
      yield JSON.parse(buffer.toString('utf8', 4, 4 + size));
    }
  }

  #joined(): Buffer {
    const [first] = this.#pending;
    if (first !== undefined && this.#pending.length === 1) return first;
    const joined = Buffer.concat(this.#pending);
    this.#pending = [joined];
    return joined;
  }
}
