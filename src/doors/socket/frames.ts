/**
 * A message is JSON, cut into frames. A frame is the length of its body as four bytes, most significant first, then the
 * body; the highest bit of the length is set where more of the same message follows.
 */
export const maximumFrame = 1024 * 1024;

/** The longest message that a server takes: a value of ten megabytes fits in. */
export const maximumMessage = 16 * maximumFrame;

const MORE_FOLLOWS = 0x8000_0000;

export function encodeMessage(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8');
  const frames: Buffer[] = [];
  let start = 0;
  do {
    const piece = body.subarray(start, start + maximumFrame);
    start += maximumFrame;
    const header = Buffer.allocUnsafe(4);
    header.writeUInt32BE((start < body.length ? MORE_FOLLOWS : 0) + piece.length, 0);
    frames.push(header, piece);
  } while (start < body.length);
  return Buffer.concat(frames);
}

const HEADER = 4;

/** Puts messages together from chunks as they arrive. Throws on one that is too long or no JSON. */
export class FrameReader {
  /** The most bytes of a message. */
  longest: number;
  #pending: Buffer[] = [];
  #length = 0;
  /** Bytes with which the next frame, or its header, is complete: before that nothing is put together. */
  #wanted = HEADER;
  /** Frames of a message of which more is to come. */
  #parts: Buffer[] = [];
  #partsLength = 0;

  constructor(longest: number) {
    this.longest = longest;
  }

  /** Bytes of messages that are not complete. */
  get held(): number {
    return this.#length + this.#partsLength;
  }

  *read(chunk: Buffer): Generator<unknown> {
    this.#pending.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= this.#wanted) {
      const buffer = this.#joined();
      const header = buffer.readUInt32BE(0);
      const size = header % MORE_FOLLOWS;
      if (size > maximumFrame) throw new RangeError(`a frame of ${size} bytes; the limit is ${maximumFrame}`);
      if (this.#partsLength + size > this.longest)
        throw new RangeError(`a message of more than ${this.longest} bytes`);
      this.#wanted = HEADER + size;
      if (buffer.length < this.#wanted) return;
      this.#pending = [buffer.subarray(this.#wanted)];
      this.#length = buffer.length - this.#wanted;
      this.#parts.push(buffer.subarray(HEADER, this.#wanted));
      this.#partsLength += size;
      this.#wanted = HEADER;
      if (header < MORE_FOLLOWS) yield this.#message();
    }
  }

  #message(): unknown {
    const body = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partsLength = 0;
    return JSON.parse(body.toString('utf8'));
  }

  #joined(): Buffer {
    const [first] = this.#pending;
    if (first !== undefined && this.#pending.length === 1) return first;
    const joined = Buffer.concat(this.#pending);
    this.#pending = [joined];
    return joined;
  }
}
