import { BareLuaError } from '../../../lua/host/errors.ts';
import type { Mark } from '../../../packets/streams/cursor.ts';
import type { TcpStream } from '../../../packets/streams/tcp-stream.ts';
import { streamProblems } from '../connections/stream-problems.ts';

/** A place in a view: how far behind its beginning. It moves with what is inserted and erased before it. */
export type Place = { offset: number };

/**
 * What stands in a stream from a mark on, as iterators of a later Haka see it. Each change of one place is known to the
 * others. The position of the stream itself is where it was left.
 */
export class StreamView {
  readonly stream: TcpStream;
  readonly mark: Mark;
  readonly #places = new Set<Place>();

  constructor(stream: TcpStream, mark: Mark) {
    this.stream = stream;
    this.mark = mark;
  }

  /** A view from where the stream stands. @throws BareLuaError */
  static at(stream: TcpStream, isReadOnly: boolean): StreamView {
    const mark = stream.mark(isReadOnly);
    if (typeof mark === 'string') throw new BareLuaError(streamProblems[mark]);
    return new StreamView(stream, mark);
  }

  /** How many bytes there are. */
  get length(): number {
    this.#seek(0);
    return this.stream.available;
  }

  add<T extends Place>(place: T): T {
    this.#places.add(place);
    return place;
  }

  read(offset: number, count: number): Uint8Array {
    this.#seek(offset);
    return this.stream.read(count) ?? new Uint8Array(0);
  }

  /** Puts bytes in the place of others. Places behind these move, those within are at the beginning afterwards. */
  replace(offset: number, length: number, bytes: Uint8Array, moving?: Place): void {
    this.#seek(offset);
    const erased = length > 0 ? this.stream.erase(length) : 0;
    const problem = typeof erased === 'string' ? erased : this.stream.insert(bytes);
    if (problem !== undefined) throw new BareLuaError(streamProblems[problem]);
    for (const place of this.#places) {
      if (place.offset >= offset + length && (place.offset > offset || place === moving)) {
        place.offset += bytes.length - length;
      } else if (place.offset > offset) place.offset = offset;
    }
  }

  /** Those places that are behind it move, and at it if they are asked to. */
  insert(offset: number, bytes: Uint8Array, moving?: Place): void {
    this.replace(offset, 0, bytes, moving);
  }

  /** Returns how many were erased. */
  erase(offset: number, count: number): number {
    const erased = Math.max(0, Math.min(count, this.length - offset));
    this.replace(offset, erased, new Uint8Array(0));
    return erased;
  }

  /** A view of its own from a place on, which holds back what is there unless it is read-only. */
  markAt(offset: number, isReadOnly: boolean): StreamView {
    this.#seek(offset);
    return StreamView.at(this.stream, isReadOnly);
  }

  /** Goes back to its beginning, and is of no use afterwards. */
  end(): void {
    this.stream.seek(this.mark, true);
  }

  #seek(offset: number): void {
    const problem = this.stream.seek(this.mark);
    if (problem !== undefined) throw new BareLuaError("this buffer is gone: it can't be used any more");
    this.stream.advance(offset);
  }
}
