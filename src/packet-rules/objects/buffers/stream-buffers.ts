import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { TcpStream } from '../../../packets/streams/tcp-stream.ts';
import type { TrackedConnection } from '../../traffic/tracked-connection.ts';
import type { BufferType } from '../values/buffer.ts';
import { type BufferHost, StreamIterator, type StreamPart } from './iterators.ts';
import { StreamView } from './stream-view.ts';

/** One time that rules get to see new data of a stream. */
export type DataEvent = {
  /** Pushes an iterator at the beginning of the data. */
  push(stack: LuaStack): void;
  /** The position of the stream is where it was, and iterators that are not marked are of no use any more. */
  end(): void;
};

/** The iterators and parts of streams that rules hold. */
export class StreamBuffers implements BufferHost {
  readonly objects: HostObjects;
  readonly buffers: BufferType;
  /** Those of the event that runs. */
  #made: (StreamIterator | StreamPart)[] = [];
  /** Views that end with the event. */
  #views: StreamView[] = [];
  readonly #kept = new Set<StreamIterator>();
  readonly #ofConnection = new WeakMap<TrackedConnection, Set<StreamIterator>>();
  readonly #connections = new WeakMap<TcpStream, TrackedConnection>();

  constructor(objects: HostObjects, buffers: BufferType) {
    this.objects = objects;
    this.buffers = buffers;
  }

  push(stack: LuaStack, object: StreamIterator | StreamPart): void {
    this.#made.push(object);
    this.objects.push(stack, object);
  }

  /** New data have come for a stream. */
  begin(tracked: TrackedConnection, stream: TcpStream): DataEvent {
    this.#connections.set(stream, tracked);
    const view = StreamView.at(stream, true);
    this.#views.push(view);
    return {
      push: (stack) => this.push(stack, new StreamIterator(view, 0)),
      end: () => this.#end(view),
    };
  }

  keep(iterator: StreamIterator): void {
    this.#kept.add(iterator);
    const tracked = this.#connections.get(iterator.view.stream);
    if (tracked === undefined) return;
    const known = this.#ofConnection.get(tracked);
    if (known !== undefined) {
      known.add(iterator);
      return;
    }
    const kept = new Set([iterator]);
    this.#ofConnection.set(tracked, kept);
    tracked.releases.push(() => {
      for (const one of kept) this.#release(one);
    });
  }

  /** What it holds back may go; it is of use until the event is over. */
  letGo(iterator: StreamIterator): void {
    if (!this.#kept.delete(iterator)) return;
    const { view } = iterator;
    const tracked = this.#connections.get(view.stream);
    if (tracked !== undefined) this.#ofConnection.get(tracked)?.delete(iterator);
    const place = view.markAt(0, true);
    view.end();
    iterator.view = place;
    place.add(iterator);
    this.#views.push(place);
    this.#made.push(iterator);
  }

  #end(first: StreamView): void {
    for (const object of this.#made) {
      if (object instanceof StreamIterator && this.#kept.has(object)) continue;
      this.objects.release(object);
    }
    this.#made = [];
    // The first one last: that is where the stream goes back to.
    for (const view of this.#views) if (view !== first) view.end();
    first.end();
    this.#views = [];
  }

  #release(iterator: StreamIterator): void {
    this.#kept.delete(iterator);
    this.objects.release(iterator);
  }
}
