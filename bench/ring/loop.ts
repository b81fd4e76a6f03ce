import { monotonicNow } from '../../src/enforcer/engine/clock.ts';
import { type Calls, NONBLOCKING } from '../../src/enforcer/engine/epoll/calls.ts';
import { CallMemory } from '../../src/enforcer/engine/epoll/memory.ts';
import { CQE_F_BUFFER, POLL_ADD, Ring } from './ring.ts';

/** As in the product's loop: milliseconds until Node has its turn, and connections that are accepted in a row. */
const turnLength = 3;
const mostAtOnce = 8;
const longestWait = 1000;

// What an operation is for, in its tag, above the descriptor. What is sent has its buffer above that.
const POLLS = 0;
export const RECEIVES = 1 << 20;
export const SENDS = 2 << 20;
export const CONNECTS = 3 << 20;
export const OTHER = 4 << 20;
const KIND = 7 << 20;
const DESCRIPTOR = RECEIVES - 1;
const BUFFER_SHIFT = 23;
const EPOLLIN = 1;

/** Whoever asks for operations of a descriptor. */
export interface Owner {
  /** Of all that have had the same descriptor, this one. */
  readonly generation: number;
  /** `kind`: RECEIVES, SENDS, ... */
  completed(kind: number, result: number, flags: number): void;
}

export function sendTag(descriptor: number, buffer: number): number {
  return descriptor | SENDS | (buffer << BUFFER_SHIFT);
}

/** The loop of a relay on io_uring, around the one of Node: each turn is one call for all that is to be done. */
export class RingLoop {
  readonly ring = new Ring();
  readonly calls: Calls;
  readonly memory: CallMemory;
  readonly #owners: (Owner | undefined)[] = [];
  readonly #nodeDescriptor: number;
  #generation = 0;
  #accepting: AcceptQueue[] = [];
  #isNodes = false;

  constructor(calls: Calls) {
    this.calls = calls;
    this.memory = new CallMemory(calls);
    this.#nodeDescriptor = calls.nodeDescriptor();
    this.#pollNode();
    setImmediate(this.#turn);
  }

  nextGeneration(): number {
    this.#generation = (this.#generation + 1) | 0;
    return this.#generation;
  }

  own(descriptor: number, owner: Owner): void {
    this.#owners[descriptor] = owner;
  }

  /** What is still to come for it is nobody's. */
  disown(descriptor: number): void {
    this.#owners[descriptor] = undefined;
  }

  acceptFrom(queue: AcceptQueue): void {
    this.#accepting.push(queue);
  }

  #pollNode(): void {
    this.ring.ask(POLL_ADD, this.#nodeDescriptor, this.#nodeDescriptor | POLLS, 0, -1, 0, 0, EPOLLIN);
  }

  readonly #turn = (): void => {
    const end = monotonicNow() + turnLength;
    this.#isNodes = false;
    while (!this.#isNodes && monotonicNow() < end) {
      this.ring.wait(longestWait);
      this.ring.take(this.#completed);
      const accepting = this.#accepting;
      if (accepting.length === 0) continue;
      this.#accepting = [];
      for (const queue of accepting) queue.accept();
    }
    setImmediate(this.#turn);
  };

  readonly #completed = (tag: number, generation: number, result: number, flags: number): void => {
    const descriptor = tag & DESCRIPTOR;
    if (descriptor === this.#nodeDescriptor) {
      this.#isNodes = true;
      this.#pollNode();
      return;
    }
    const kind = tag & KIND;
    if (kind === SENDS) this.ring.giveBuffer(tag >>> BUFFER_SHIFT);
    const owner = this.#owners[descriptor];
    if (owner !== undefined && owner.generation === generation) owner.completed(kind, result, flags);
    else if ((flags & CQE_F_BUFFER) !== 0) this.ring.giveBuffer(flags >>> 16);
  };
}

/** One queue of a listening socket, polled: what waits is accepted by calls, which is as fast as by operations. */
export class AcceptQueue implements Owner {
  readonly generation: number;
  readonly #loop: RingLoop;
  readonly #descriptor: number;
  readonly #accepted: (descriptor: number) => void;
  /** Whoever decides about connections would ask for it. */
  readonly #peer = new Uint32Array(4);

  constructor(loop: RingLoop, descriptor: number, accepted: (descriptor: number) => void) {
    this.#loop = loop;
    this.#descriptor = descriptor;
    this.#accepted = accepted;
    this.generation = loop.nextGeneration();
  }

  begin(): void {
    this.#loop.calls.stopBlocking(this.#descriptor);
    this.#loop.own(this.#descriptor, this);
    this.#poll();
  }

  completed(): void {
    this.#loop.acceptFrom(this);
  }

  accept(): void {
    const { calls, memory } = this.#loop;
    for (let count = 0; count < mostAtOnce; count++) {
      memory.expectName();
      const descriptor = calls.accept(this.#descriptor, memory.nameAt, memory.nameLengthAt, NONBLOCKING);
      if (descriptor < 0) break;
      memory.readName(this.#peer);
      this.#accepted(descriptor);
    }
    this.#poll();
  }

  #poll(): void {
    const { ring } = this.#loop;
    ring.ask(POLL_ADD, this.#descriptor, this.#descriptor | POLLS, this.generation, -1, 0, 0, EPOLLIN);
  }
}
