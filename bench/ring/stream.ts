import { MSG_MORE, MSG_NOSIGNAL, SHUT_WR, SO_LINGER } from '../../src/enforcer/engine/epoll/calls.ts';
import { SOL_SOCKET } from '../../src/enforcer/sockets/system-calls.ts';
import { CONNECTS, OTHER, type Owner, RECEIVES, type RingLoop, SENDS, sendTag } from './loop.ts';
import {
  ASYNC_CANCEL,
  CANCEL_ALL_OF_DESCRIPTOR,
  CONNECT,
  CQE_F_MORE,
  CQE_F_SOCK_NONEMPTY,
  IOSQE_BUFFER_SELECT,
  IOSQE_CQE_SKIP_SUCCESS,
  RECV,
  RECV_MULTISHOT,
  RECVSEND_POLL_FIRST,
  SEND,
} from './ring.ts';

// What is so of a stream.
const CONNECTING = 1;
const RECEIVING = 2;
const PAUSED = 4;
const READ_ENDED = 8;
const ENDING = 16;
const WRITE_ENDED = 32;
const STUFFED = 64;
const CLOSED = 128;
/** To close it is to reset it, as it has it from its listener. */
const RESETS_ON_CLOSE = 256;

/** An operation that sends goes on until all is sent. */
const MSG_WAITALL = 0x100;
const ENOBUFS = 105;

/** Bytes in a buffer that wait until the ones before them are sent. */
type Part = { readonly buffer: number; readonly length: number };

/**
 * One side of a connection that is relayed on io_uring, and nothing else: what streams of the product have besides (options,
 * pipes, memory that slow readers can't take from others, an owner who may be terminated) would only cost more.
 */
export class RingStream implements Owner {
  readonly generation: number;
  readonly #loop: RingLoop;
  readonly #descriptor: number;
  #state: number;
  /** The other side; null: the stream is not relayed yet. */
  #other: RingStream | null = null;
  /** The number of the last operation that was asked for; null: none was. */
  #lastAsked: number | null = null;
  #isSending = false;
  readonly #waiting: Part[] = [];

  private constructor(loop: RingLoop, descriptor: number, state: number) {
    this.#loop = loop;
    this.#descriptor = descriptor;
    this.#state = state;
    this.generation = loop.nextGeneration();
    loop.own(descriptor, this);
  }

  /**
   * Relays a connection that was accepted to one that begins to connect.
   *
   * @param name a struct sockaddr in the memory of operations, and how long it is
   */
  static relay(loop: RingLoop, accepted: number, connecting: number, name: number, length: number): void {
    const client = new RingStream(loop, accepted, RESETS_ON_CLOSE);
    const member = new RingStream(loop, connecting, CONNECTING);
    client.#other = member;
    member.#other = client;
    client.#receive(0);
    member.#ask(CONNECT, CONNECTS, name, 0, length, 0);
  }

  completed(kind: number, result: number, flags: number): void {
    if (kind === RECEIVES) this.#received(result, flags);
    else if (kind === SENDS) this.#sent(result);
    else if (kind === CONNECTS) this.#connected(result);
  }

  #ask(what: number, kind: number, at: number, length: number, offset: number, flags: number): void {
    const { ring } = this.#loop;
    const tag = this.#descriptor | kind;
    this.#lastAsked = ring.ask(what, this.#descriptor, tag, this.generation, at, length, offset, flags);
  }

  #receive(first: number): void {
    if ((this.#state & (CONNECTING | RECEIVING | PAUSED | READ_ENDED | CLOSED)) !== 0) return;
    this.#state |= RECEIVING;
    this.#ask(RECV | IOSQE_BUFFER_SELECT | RECV_MULTISHOT | first, RECEIVES, -1, 0, 0, 0);
  }

  #received(result: number, flags: number): void {
    if ((flags & CQE_F_MORE) === 0) this.#state &= ~RECEIVING;
    if (result > 0) {
      const buffer = flags >>> 16;
      if (this.#other === null) this.#loop.ring.giveBuffer(buffer);
      else if (!this.#other.#take(buffer, result, (flags & CQE_F_SOCK_NONEMPTY) !== 0)) this.#state |= PAUSED;
      this.#receive(0);
    } else if (result === 0) {
      this.#state |= READ_ENDED;
      if ((this.#state & WRITE_ENDED) !== 0) this.#finish();
      if (this.#other !== null) this.#other.#endOutput();
    } else if (result === -ENOBUFS) {
      this.#receive(0);
    } else {
      this.#drop();
    }
  }

  #resume(): void {
    this.#state &= ~PAUSED;
    this.#receive(0);
  }

  /** Sends what the other side has received into a buffer. `hasMore`: something follows at once. False: it is to wait. */
  #take(buffer: number, length: number, hasMore: boolean): boolean {
    if ((this.#state & CLOSED) !== 0) {
      this.#loop.ring.giveBuffer(buffer);
      return true;
    }
    if (this.#isSending || (this.#state & CONNECTING) !== 0) {
      this.#waiting.push({ buffer, length });
      this.#state |= STUFFED;
      return false;
    }
    this.#send(buffer, length, hasMore);
    return true;
  }

  #send(buffer: number, length: number, hasMore: boolean): void {
    this.#isSending = true;
    const { ring } = this.#loop;
    const flags = MSG_NOSIGNAL | MSG_WAITALL | (hasMore ? MSG_MORE : 0);
    this.#lastAsked = ring.ask(
      SEND,
      this.#descriptor,
      sendTag(this.#descriptor, buffer),
      this.generation,
      ring.placeOf(buffer),
      length,
      0,
      flags,
    );
  }

  #sent(result: number): void {
    this.#isSending = false;
    if (result < 0) this.#drop();
    else this.#sendNext();
  }

  #sendNext(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.#send(next.buffer, next.length, this.#waiting.length > 0);
      return;
    }
    this.#endIfSent();
    if ((this.#state & (STUFFED | CLOSED)) !== STUFFED) return;
    this.#state &= ~STUFFED;
    if (this.#other !== null) this.#other.#resume();
  }

  #connected(result: number): void {
    if (result < 0) {
      this.#drop();
      return;
    }
    this.#state &= ~CONNECTING;
    this.#sendNext();
    this.#receive(RECVSEND_POLL_FIRST);
  }

  #endOutput(): void {
    this.#state |= ENDING;
    this.#endIfSent();
  }

  #endIfSent(): void {
    if ((this.#state & (ENDING | CONNECTING | WRITE_ENDED | CLOSED)) !== ENDING) return;
    if (this.#isSending || this.#waiting.length > 0) return;
    if ((this.#state & READ_ENDED) !== 0) {
      this.#finish();
      return;
    }
    this.#state |= WRITE_ENDED;
    // As an operation, it is always given to another thread of the system.
    this.#loop.calls.shutdown(this.#descriptor, SHUT_WR);
  }

  #finish(): void {
    if ((this.#state & CLOSED) !== 0) return;
    if ((this.#state & RESETS_ON_CLOSE) !== 0) this.#resetOnClose(0);
    this.#close();
  }

  /** Resets both sides. */
  #drop(): void {
    if ((this.#state & CLOSED) !== 0) return;
    if ((this.#state & (RESETS_ON_CLOSE | CONNECTING)) === 0) this.#resetOnClose(1);
    // What is under way keeps the file, and the peer would hear nothing of its end.
    if (this.#isSending || (this.#state & (RECEIVING | CONNECTING)) !== 0) {
      this.#ask(ASYNC_CANCEL | IOSQE_CQE_SKIP_SUCCESS, OTHER, -1, 0, 0, CANCEL_ALL_OF_DESCRIPTOR);
    }
    this.#close();
    if (this.#other !== null) this.#other.#drop();
  }

  #resetOnClose(resets: number): void {
    const { calls, memory } = this.#loop;
    memory.setValue(resets, 0);
    calls.setOption(this.#descriptor, SOL_SOCKET, SO_LINGER, memory.valueAt, 8);
  }

  /** By a call, as in the product: whoever counts connections must know when the peer may know it. */
  #close(): void {
    this.#state |= CLOSED;
    const { ring, calls } = this.#loop;
    const descriptor = this.#descriptor;
    // The descriptor may be another's when the system comes to it.
    if (this.#lastAsked !== null && !ring.isSubmitted(this.#lastAsked)) ring.wait(0);
    for (const { buffer } of this.#waiting.splice(0)) ring.giveBuffer(buffer);
    this.#loop.disown(descriptor);
    calls.close(descriptor);
  }
}
