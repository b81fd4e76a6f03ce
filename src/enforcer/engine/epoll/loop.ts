import { isMainThread } from 'node:worker_threads';
import { SystemCallError } from '../../sockets/system-calls.ts';
import { monotonicNow } from '../clock.ts';
import { OwnedDescriptors } from '../owned-descriptors.ts';
import {
  type Calls,
  EBADF,
  EFAULT,
  EINVAL,
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLLIN,
} from './calls.ts';
import { type CallMemory, mostEvents } from './memory.ts';
import { Timers } from './timers.ts';

/** Milliseconds after which Node has its turn, however much there is to do: messages of the main thread wait no longer. */
const turnLength = 3;
/** Milliseconds that the system is waited for at once. Of the main thread, Node has timers that we do not see. */
const longestWait = isMainThread ? 2 : 1000;

/** Streams that are read again between two looks at the clock. */
const streamsPerLook = 4;

/** Whoever waits for a descriptor. */
export interface Watched {
  /** Of all that have had the same descriptor, this one: events of another are those of a former one. */
  readonly generation: number;
  happened(events: number): void;
  /** Some seconds have passed. */
  aged(): void;
}

/** A listener: it has its turn after all that is established. */
export interface Accepting {
  /** Accepts some of what waits. */
  accept(): void;
}

/** A stream that can be read although the system will not say so again. */
export interface Readable {
  readAgain(): void;
}

/** What is over, and must be told when nothing of it is being called. */
export interface Settling {
  settle(): void;
}

/**
 * The event loop of a thread, around the one of Node: that has its turn when its own descriptor is readable, and now and
 * then. Within a turn, timers come first, then what is established, then what wants to be accepted.
 */
export class Loop {
  readonly calls: Calls;
  readonly memory: CallMemory;
  readonly timers = new Timers(monotonicNow);
  readonly #epoll: number;
  readonly #nodeDescriptor: number;
  readonly #open: Uint8Array;
  /** By descriptor. */
  readonly #watched: (Watched | undefined)[] = [];
  #generation = 0;
  #readable: Readable[] = [];
  /** The first `freshCount` of them; the places are kept. */
  readonly #fresh: (Readable | undefined)[] = [];
  #freshCount = 0;
  /** The first `acceptingCount` of them; the places are kept. */
  readonly #accepting: (Accepting | undefined)[] = [];
  #acceptingCount = 0;
  /** The first `settlingCount` of them; the places are kept. */
  readonly #settling: (Settling | undefined)[] = [];
  #settlingCount = 0;
  /** The system can close several at once, as far as is known. */
  #closesRanges = true;
  #isClosed = false;

  /** Begins to turn. Throws SystemCallError. */
  constructor(calls: Calls, memory: CallMemory, descriptors: SharedArrayBuffer) {
    this.calls = calls;
    this.memory = memory;
    this.#open = new OwnedDescriptors(descriptors).open;
    this.#epoll = calls.create(EPOLL_CLOEXEC);
    if (this.#epoll < 0) throw new SystemCallError('epoll_create1', calls.errno());
    this.#open[this.#epoll] = 1;
    this.#nodeDescriptor = calls.nodeDescriptor();
    if (this.control(EPOLL_CTL_ADD, this.#nodeDescriptor, EPOLLIN, 0) < 0)
      throw new SystemCallError('epoll_ctl', calls.errno());
    setImmediate(this.#turn);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Turns no more. What somebody still waits for is closed, where it is of this thread alone. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watched.forEach((watched, descriptor) => {
      if (watched !== undefined && this.#open[descriptor] === 1) this.#closeNow(descriptor);
    });
    this.#closeNow(this.#epoll);
  }

  nextGeneration(): number {
    this.#generation = (this.#generation + 1) | 0;
    return this.#generation;
  }

  /** Descriptors below this one can be entered. */
  get descriptorLimit(): number {
    return this.#open.length;
  }

  /** This thread has it open from now on: the main thread closes it, if this one does not come to it. */
  entered(descriptor: number): void {
    this.#open[descriptor] = 1;
  }

  /** Somebody else closes it from now on. */
  left(descriptor: number): void {
    this.#open[descriptor] = 0;
  }

  /** Nothing happens once the loop is closed, and all descriptors with it. */
  closeDescriptor(descriptor: number): void {
    if (!this.#isClosed) this.#closeNow(descriptor);
  }

  /** The same of so many that follow on one another. */
  closeDescriptors(first: number, count: number): void {
    if (this.#isClosed) return;
    if (this.#closesRanges) {
      this.#mark(first, count, 0);
      if (this.calls.closeRange(first, first + count - 1) >= 0) return;
      this.#mark(first, count, 1);
      this.#closesRanges = false;
    }
    for (let descriptor = first; descriptor < first + count; descriptor++) this.#closeNow(descriptor);
  }

  /** Tells `watched` what happens to the descriptor. False: the system has no room. */
  watch(descriptor: number, events: number, watched: Watched): boolean {
    this.#watched[descriptor] = watched;
    return this.control(EPOLL_CTL_ADD, descriptor, events, watched.generation) === 0;
  }

  /** The descriptor is about to be closed, and with it what the system knows of it. */
  forget(descriptor: number): void {
    this.#watched[descriptor] = undefined;
  }

  /** The same of one that stays open. */
  unwatch(descriptor: number): void {
    this.forget(descriptor);
    if (!this.#isClosed) this.control(EPOLL_CTL_DEL, descriptor, 0, 0);
  }

  /** Tells some of those that are watched that they have aged: in `parts` calls, all. */
  age(part: number, parts: number): void {
    for (let descriptor = part; descriptor < this.#watched.length; descriptor += parts)
      this.#watched[descriptor]?.aged();
  }

  control(operation: number, descriptor: number, events: number, generation: number): number {
    this.memory.setEvent(events, descriptor, generation);
    return this.calls.control(this.#epoll, operation, descriptor, this.memory.eventAt);
  }

  /** Reads from it as soon as all that waits for that has had its turn. */
  again(readable: Readable): void {
    this.#readable.push(readable);
  }

  /** Reads from it as soon as the events that were fetched are served. */
  afterEvents(readable: Readable): void {
    this.#fresh[this.#freshCount++] = readable;
  }

  /** Accepts from it in this turn, once all that is established was served. */
  acceptFrom(accepting: Accepting): void {
    this.#accepting[this.#acceptingCount++] = accepting;
  }

  /** Tells of it as soon as the call that is under way is over. */
  settle(settling: Settling): void {
    this.#settling[this.#settlingCount++] = settling;
  }

  /** They are few: `fill` costs more. */
  #mark(first: number, count: number, isOpen: 0 | 1): void {
    for (let descriptor = first; descriptor < first + count; descriptor++) this.#open[descriptor] = isOpen;
  }

  #closeNow(descriptor: number): void {
    this.#open[descriptor] = 0;
    this.calls.close(descriptor);
  }

  readonly #turn = (): void => {
    let now = monotonicNow();
    const end = now + turnLength;
    let isNodes = false;
    while (!this.#isClosed && !isNodes) {
      this.#settleAll();
      if (this.#doWhatIsDue(now, end)) now = monotonicNow();
      if (this.#isClosed) return;
      isNodes = this.#serve(now);
      now = monotonicNow();
      isNodes ||= now >= end;
    }
    if (!this.#isClosed) setImmediate(this.#turn);
  };

  /** What waits for no event. False: there was nothing of the kind, and no time has passed. */
  #doWhatIsDue(now: number, end: number): boolean {
    const isTimers = this.timers.next <= now;
    if (isTimers) {
      this.timers.run(now);
      this.#settleAll();
    }
    if (this.#readable.length === 0) return isTimers;
    this.#readAgain(end);
    return true;
  }

  /** Waits for events and serves them. True: Node has something to do, or nothing has happened. */
  #serve(now: number): boolean {
    const { calls, memory } = this;
    const count = calls.wait(this.#epoll, memory.eventsAt, mostEvents, this.#patience(now));
    if (count < 0) {
      const errno = calls.errno();
      if (errno === EBADF || errno === EINVAL || errno === EFAULT)
        throw new SystemCallError('epoll_wait', errno);
      // A signal came in between.
      return true;
    }
    let isNodes = count === 0;
    for (let index = 0; index < count; index++) {
      const descriptor = memory.descriptorOf(index);
      if (descriptor === this.#nodeDescriptor) {
        isNodes = true;
        continue;
      }
      const watched = this.#watched[descriptor];
      if (watched === undefined || watched.generation !== memory.generationOf(index)) continue;
      watched.happened(memory.eventsOf(index));
      if (this.#settlingCount > 0) this.#settleAll();
      if (this.#isClosed) return true;
    }
    this.#readFresh();
    if (!this.#isClosed) this.#accept();
    return isNodes;
  }

  #patience(now: number): number {
    if (this.#readable.length > 0) return 0;
    const left = Math.ceil(this.timers.next - now);
    return Math.max(0, Math.min(left, longestWait));
  }

  /** Whoever is left when the time is up comes first in the next turn. */
  #readAgain(end: number): void {
    const readable = this.#readable;
    this.#readable = [];
    for (const [index, each] of readable.entries()) {
      each.readAgain();
      this.#settleAll();
      if ((index + 1) % streamsPerLook !== 0 || monotonicNow() < end) continue;
      this.#readable = [...readable.slice(index + 1), ...this.#readable];
      return;
    }
  }

  #readFresh(): void {
    const fresh = this.#fresh;
    for (let index = 0; index < this.#freshCount && !this.#isClosed; index++) {
      const each = fresh[index];
      fresh[index] = undefined;
      each?.readAgain();
      this.#settleAll();
    }
    this.#freshCount = 0;
  }

  #accept(): void {
    const accepting = this.#accepting;
    const count = this.#acceptingCount;
    for (let index = 0; index < count; index++) {
      const each = accepting[index];
      accepting[index] = undefined;
      each?.accept();
      this.#settleAll();
    }
    // Who came meanwhile waits for the next turn.
    if (this.#acceptingCount > count) accepting.copyWithin(0, count, this.#acceptingCount);
    this.#acceptingCount -= count;
  }

  #settleAll(): void {
    const settling = this.#settling;
    for (let index = 0; index < this.#settlingCount; index++) {
      const each = settling[index];
      settling[index] = undefined;
      each?.settle();
    }
    this.#settlingCount = 0;
  }
}
