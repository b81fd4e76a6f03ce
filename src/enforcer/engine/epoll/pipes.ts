import { softDescriptorLimit } from '../../sockets/system-calls.ts';
import { monotonicNow } from '../clock.ts';
import { F_SETPIPE_SZ, NONBLOCKING_PIPE } from './calls.ts';
import type { Loop } from './loop.ts';
import type { SpareDescriptors } from './spare-descriptors.ts';

/** Bytes in one, the best first: the system may refuse a size, or give less to who has many. */
const sizes = [1_048_576, 262_144, 65_536];
const mostPipes = 16;
/** As many descriptors for each that pipes may have: they come out of what is kept for all but connections. */
const descriptorsForEach = 128;
/** With fewer than so many pipes, smaller ones are worth more. */
const fewPipes = 4;
/** Milliseconds until pipes are asked for again, once the system had none of any use. */
const patience = 10_000;

/** Bytes that go from one socket to another without anybody looking at them. */
export type Pipe = {
  readonly input: number;
  readonly output: number;
  /** Bytes that fit into it. */
  readonly size: number;
  /** Bytes that are in it. */
  held: number;
  /** It has not been empty for some time. */
  isStale: boolean;
};

/** The pipes of an engine: few, each of which serves whoever has bytes to move at the moment. */
export class Pipes {
  readonly #loop: Loop;
  readonly #spare: SpareDescriptors;
  #free: Pipe[] = [];
  /** Those that are open, free ones and others. */
  #count = 0;
  #most = 0;
  /** Bytes of the ones that are made next. */
  #size = 0;
  /** When pipes may be asked for again, on the engine's clock. */
  #again = 0;

  constructor(loop: Loop, spare: SpareDescriptors) {
    this.#loop = loop;
    this.#spare = spare;
    this.changeRoom(Number.POSITIVE_INFINITY);
  }

  /** All of them together may hold so many bytes. What is open stays, and is closed when it is empty. */
  changeRoom(bytes: number): void {
    const most = Math.min(mostPipes, Math.floor(softDescriptorLimit() / descriptorsForEach));
    this.#size = sizes.find((size) => bytes >= size * fewPipes) ?? 0;
    this.#most = this.#size === 0 ? 0 : Math.min(most, Math.floor(bytes / this.#size));
    this.#closeFree();
  }

  /** An empty one, for its taker alone until `give`; null: copy the bytes. */
  take(): Pipe | null {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#count >= this.#most || monotonicNow() < this.#again) return null;
    const pipe = this.#open();
    if (pipe === null) this.#again = monotonicNow() + patience;
    return pipe;
  }

  /** It is not needed any more. One that has bytes is closed: they are nobody else's. */
  give(pipe: Pipe): void {
    pipe.isStale = false;
    if (pipe.held === 0 && pipe.size === this.#size && this.#count <= this.#most) this.#free.push(pipe);
    else this.#close(pipe);
  }

  /** The system does not move bytes so, or it seems. */
  refused(): void {
    this.#again = monotonicNow() + patience;
    this.#closeFree();
  }

  close(): void {
    this.#most = 0;
    this.#closeFree();
  }

  #open(): Pipe | null {
    const { calls, memory } = this.#loop;
    if (calls.pipe(memory.valueAt, NONBLOCKING_PIPE) < 0) return null;
    const output = memory.value;
    this.#loop.entered(output);
    const input = memory.secondValue;
    this.#loop.entered(input);
    this.#count += 1;
    const size = this.#spare.includes(input) || this.#spare.includes(output) ? 0 : this.#grow(input);
    const pipe = { input, output, size, held: 0, isStale: false };
    if (size > 0) return pipe;
    this.#close(pipe);
    return null;
  }

  /** As large as the system lets it be. Returns how large that is; 0: too small to be of use. */
  #grow(input: number): number {
    const { calls } = this.#loop;
    for (const size of sizes) {
      if (size > this.#size) continue;
      if (calls.resizePipe(input, F_SETPIPE_SZ, size) >= size) {
        // The next ones would be refused more, too.
        this.#size = size;
        return size;
      }
    }
    return 0;
  }

  #closeFree(): void {
    const free = this.#free;
    this.#free = [];
    for (const pipe of free) this.#close(pipe);
  }

  #close({ input, output }: Pipe): void {
    this.#count -= 1;
    this.#loop.closeDescriptor(output);
    this.#loop.closeDescriptor(input);
  }
}
