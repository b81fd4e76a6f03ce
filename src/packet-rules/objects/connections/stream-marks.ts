import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { Mark } from '../../../packets/streams/cursor.ts';
import type { TcpStream } from '../../../packets/streams/tcp-stream.ts';

/** The marks that Lua holds of each stream. */
export class StreamMarks {
  readonly #objects: HostObjects;
  readonly #marks = new Map<TcpStream, Set<Mark>>();

  constructor(objects: HostObjects) {
    this.#objects = objects;
  }

  add(stream: TcpStream, mark: Mark): void {
    const marks = this.#marks.get(stream);
    if (marks === undefined) this.#marks.set(stream, new Set([mark]));
    else if (stream.markCount === 1) {
      // The stream had overflowed, and has released all others.
      for (const released of marks) this.#objects.release(released);
      this.#marks.set(stream, new Set([mark]));
    } else marks.add(mark);
  }

  release(stream: TcpStream, mark: Mark): void {
    this.#objects.release(mark);
    const marks = this.#marks.get(stream);
    marks?.delete(mark);
    if (marks?.size === 0) this.#marks.delete(stream);
  }

  /** Releases a stream and its marks. */
  releaseAll(stream: TcpStream): void {
    for (const mark of this.#marks.get(stream) ?? []) this.#objects.release(mark);
    this.#marks.delete(stream);
    this.#objects.release(stream);
  }
}
