import { EINVAL, ENOSYS, EPERM } from './calls.ts';
import { isGone } from './gone.ts';
import { mostAtOnce, sendAtOnce } from './late-options.ts';
import type { Loop } from './loop.ts';
import type { Pipe, Pipes } from './pipes.ts';
import { drain, fill, GONE, sendBytes, sendFrom, sendPiped } from './sending.ts';
import { Unsent } from './unsent.ts';

/** What became of bytes that were written. */
export type Written =
  | 'sent'
  /** Not all of them are sent: write no more until they are. */
  | 'waiting'
  /** There is no connection any more. */
  | 'gone';

/** The bytes that go to a socket: to the system at once or, in their order, when it takes more. */
export class Output {
  readonly #loop: Loop;
  readonly #pipes: Pipes;
  readonly #descriptor: number;
  #isConnected: boolean;
  /** Small writes may wait for what is on its way, as the system has it at first. */
  #mayDelay: boolean;
  #hasSent = false;
  #unsent: Unsent | null = null;

  constructor(loop: Loop, pipes: Pipes, descriptor: number, isConnected: boolean, mayDelay: boolean) {
    this.#loop = loop;
    this.#pipes = pipes;
    this.#descriptor = descriptor;
    this.#isConnected = isConnected;
    this.#mayDelay = mayDelay;
  }

  /** Bytes that wait. */
  get size(): number {
    return this.#unsent?.size ?? 0;
  }

  #isFree(): boolean {
    return this.#isConnected && this.size === 0;
  }

  connected(): void {
    this.#isConnected = true;
  }

  /** Of `chunk` what is not sent is kept: it lies in what was just read, or does not change any more. */
  write(chunk: Uint8Array): Written {
    let sent = 0;
    if (this.#isFree()) {
      this.#beforeSending(chunk.length);
      sent = sendBytes(this.#loop, this.#descriptor, chunk);
      if (sent === GONE) return 'gone';
      if (sent === chunk.length) return 'sent';
    }
    const rest = chunk.subarray(sent);
    this.#keep(this.#loop.memory.addressIn(chunk) === 0 ? rest : Uint8Array.from(rest));
    return 'waiting';
  }

  /** The same with the first bytes of what was just read. `isLast`: the end of the direction follows at once. */
  writeRead(count: number, isLast: boolean): Written {
    const { memory } = this.#loop;
    let sent = 0;
    if (this.#isFree()) {
      this.#beforeSending(count);
      sent = sendFrom(this.#loop, this.#descriptor, memory.chunkAt, count, isLast);
      if (sent === GONE) return 'gone';
      if (sent === count) return 'sent';
    }
    this.#keep(memory.chunk.slice(sent, count));
    return 'waiting';
  }

  /**
   * Takes what another socket has to be read, by a pipe: it waits until `flush`. Returns how many bytes those are; 0: none,
   * or there is no way for them; GONE: that one has no connection any more, and the system may have told of it now.
   */
  moveFrom(descriptor: number): number {
    if (!this.#isFree()) return 0;
    const pipe = this.#pipes.take();
    if (pipe === null) return 0;
    const count = fill(this.#loop, pipe, descriptor);
    if (count <= 0) {
      const isRefused = count < 0 && isOfKind(this.#loop.calls.errno());
      if (isRefused) this.#pipes.refused();
      this.#pipes.give(pipe);
      return count < 0 && !isRefused && isGone(this.#loop, descriptor) ? GONE : 0;
    }
    this.#unsent ??= new Unsent();
    this.#unsent.pipe = pipe;
    return count;
  }

  /** Sends of what waits as much as the system takes. */
  flush(): Written {
    const unsent = this.#unsent;
    if (unsent === null) return 'sent';
    this.#beforeSending(unsent.size);
    if (unsent.pipe !== null) {
      if (sendPiped(this.#loop, this.#descriptor, unsent.pipe) === GONE) return 'gone';
      if (unsent.pipe.held > 0) return 'waiting';
      this.#release(unsent, unsent.pipe);
    }
    while (unsent.size > 0) {
      const { first } = unsent;
      const sent = sendBytes(this.#loop, this.#descriptor, first);
      if (sent === GONE) return 'gone';
      unsent.taken(sent);
      if (sent < first.length) return 'waiting';
    }
    this.#unsent = null;
    return 'sent';
  }

  /** Some seconds have passed: who has not emptied its pipe in all that time leaves it to others. */
  aged(): void {
    const unsent = this.#unsent;
    if (unsent === null || unsent.pipe === null) return;
    const { pipe } = unsent;
    if (!pipe.isStale) {
      pipe.isStale = true;
      return;
    }
    const bytes = drain(this.#loop, pipe);
    this.#release(unsent, pipe);
    unsent.addFirst(bytes);
  }

  /** Nothing waits for what is on its way from now on. */
  sendAtOnce(): void {
    if (!this.#mayDelay) return;
    this.#mayDelay = false;
    sendAtOnce(this.#loop, this.#descriptor);
  }

  /** The socket is about to be closed. */
  drop(): void {
    const unsent = this.#unsent;
    this.#unsent = null;
    if (unsent !== null && unsent.pipe !== null) this.#release(unsent, unsent.pipe);
  }

  #release(unsent: Unsent, pipe: Pipe): void {
    unsent.pipe = null;
    this.#pipes.give(pipe);
  }

  #keep(bytes: Uint8Array): void {
    this.#unsent ??= new Unsent();
    this.#unsent.add(bytes);
  }

  /** The first bytes do not wait for others. */
  #beforeSending(count: number): void {
    if (this.#hasSent || count > mostAtOnce) this.sendAtOnce();
    this.#hasSent = true;
  }
}

/** Whether a call was refused for what it asked, whatever the sockets have. */
function isOfKind(errno: number): boolean {
  return errno === EINVAL || errno === EPERM || errno === ENOSYS;
}
