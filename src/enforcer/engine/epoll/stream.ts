import { savedSyn } from '../../sockets/saved-syn.ts';
import { readOption, writeOption } from '../../sockets/socket-options.ts';
import { untakenBytes } from '../../sockets/system-calls.ts';
import type { OwnConnections } from '../own-connections.ts';
import type { SocketOption } from '../socket-option.ts';
import type { CloseCause, SocketAddresses, Stream, StreamHandler } from '../stream.ts';
import { EPOLLERR, EPOLLET, EPOLLHUP, EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLRDHUP, SHUT_WR } from './calls.ts';
import { localEndOf, remoteEndOf, SocketEnds } from './ends.ts';
import { causeOf, isGone, takeError } from './gone.ts';
import type { EpollIncoming } from './incoming.ts';
import { keepAlive, MAY_DELAY, NOT_KEPT_ALIVE, RESETS_ON_CLOSE, resetOnClose } from './late-options.ts';
import type { Loop, Readable, Settling, Watched } from './loop.ts';
import { readSize } from './memory.ts';
import { Output, type Written } from './output.ts';
import type { Pipes } from './pipes.ts';
import { GONE } from './sending.ts';

/** All that may happen to a stream, told once each time: what of it is of use now, the stream knows. */
const everything = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET;
/** Reads of one stream before others have their turn. */
const mostReads = 4;

// What is so of a stream.
const CONNECTING = 1;
/** Nothing is read for the time being. */
const PAUSED = 2;
/** There may be more to read, and the system will not say so again. */
const READABLE = 4;
/** A read that takes all that is there does not say that there is no more: an end, a reset, or an urgent byte. */
const CUTS_SHORT = 8;
/** The peer's end is here, behind what is to be read. */
const HAS_END = 16;
const READ_ENDED = 32;
/** `end` was called. */
const ENDING = 64;
/** Our end is with the system. */
const WRITE_ENDED = 128;
/** The writer waits for `drained`. */
const STUFFED = 256;
const CLOSED = 512;
const OUTGOING = 1024;
/** Waiting to be read again. */
const QUEUED = 2048;
/** The system has an error of it. */
const BROKEN = 4096;
/** So much came at once that there is more of it: it is worth a pipe. */
const PLENTY = 8192;
/** A reset was told where nobody can be told again: what looks like an end is none. */
const RESET = 16_384;
/** Nothing was read of it yet. */
const FRESH = 32_768;

/** Bytes that a pipe should move at once: fewer are copied at less expense. */
const leastPiped = 16_384;

/** What all streams of an engine share. */
export type SharedByStreams = { readonly loop: Loop; readonly own: OwnConnections; readonly pipes: Pipes };

/** A stream over a socket that does not block. */
export class EpollStream implements Stream, Watched, Readable, Settling {
  readonly generation: number;
  readonly #loop: Loop;
  readonly #own: OwnConnections;
  readonly #output: Output;
  #descriptor: number;
  #state: number;
  #handler: StreamHandler | null = null;
  #cause: CloseCause = 'finished';
  #relaysTo: EpollStream | null = null;
  /** Options that are to be set once they matter: bits of late-options.ts. */
  #late: number;
  /** What accepting it has told, as long as that is known. */
  #incoming: EpollIncoming | null = null;
  /** Among those of ours; 0: it is not. */
  #place = 0;

  /**
   * Of a socket that is connected or, where it is `outgoing`, connects.
   *
   * @param late options that are not set yet: bits of late-options.ts
   */
  constructor({ loop, own, pipes }: SharedByStreams, descriptor: number, outgoing: boolean, late: number) {
    this.#loop = loop;
    this.#own = own;
    this.#descriptor = descriptor;
    this.#state = outgoing ? CONNECTING | OUTGOING : FRESH;
    this.#late = late;
    this.#output = new Output(loop, pipes, descriptor, !outgoing, (late & MAY_DELAY) !== 0);
    this.generation = loop.nextGeneration();
  }

  open(handler: StreamHandler): void {
    this.#handler = handler;
    if (!this.#loop.watch(this.#descriptor, everything, this)) this.#drop('exhausted');
  }

  /** It could not begin to connect. */
  fail(cause: CloseCause, handler: StreamHandler): void {
    this.#handler = handler;
    this.#cause = cause;
    this.#state |= CLOSED;
    this.#loop.settle(this);
  }

  /** It is being accepted: its ends need not be asked for meanwhile. Null: no longer. */
  arrives(incoming: EpollIncoming | null): void {
    this.#incoming = incoming;
  }

  /** It is known by its ends from now on, until it closes. */
  enter(place: number): void {
    this.#place = place;
  }

  write(chunk: Uint8Array): boolean {
    return (this.#state & CLOSED) !== 0 || this.#written(this.#output.write(chunk));
  }

  relayTo(other: Stream | null): void {
    if (other !== null && !(other instanceof EpollStream))
      throw new TypeError('a stream is relayed to one of the same engine');
    this.#relaysTo = other;
  }

  end(): void {
    if ((this.#state & (CLOSED | ENDING)) !== 0) return;
    this.#state |= ENDING;
    if ((this.#state & CONNECTING) === 0 && this.unsent() === 0) this.#endOutput();
  }

  pause(): void {
    this.#state |= PAUSED;
  }

  resume(): void {
    if ((this.#state & PAUSED) === 0) return;
    this.#state &= ~PAUSED;
    if ((this.#state & READABLE) !== 0) this.#queue();
  }

  reset(): void {
    this.#drop('dropped');
  }

  addresses(): SocketAddresses {
    if (this.#descriptor < 0) return nowhere;
    const remote = this.#incoming?.remoteEnd() ?? remoteEndOf(this.#loop, this.#descriptor);
    const local = this.#incoming?.commonEnd ?? localEndOf(this.#loop, this.#descriptor);
    return remote === null || local === null ? nowhere : new SocketEnds(remote, local);
  }

  unsent(): number {
    return this.#output.size;
  }

  untaken(): number {
    return this.unsent() + untakenBytes(this.#descriptor);
  }

  getOption(option: SocketOption): number | null {
    this.#setLate();
    return readOption(this.#descriptor, option, (this.#state & OUTGOING) !== 0);
  }

  setOption(option: SocketOption, value: number): string | null {
    this.#setLate();
    return writeOption(this.#descriptor, option, (this.#state & OUTGOING) !== 0, value);
  }

  savedSyn(): Uint8Array | null {
    return savedSyn(this.#descriptor);
  }

  happened(events: number): void {
    if ((this.#state & CONNECTING) !== 0 && !this.#hasConnected(events)) return;
    if ((events & EPOLLERR) !== 0 && (this.#state & (PAUSED | READ_ENDED)) !== 0) {
      if (takeError(this.#loop, this.#descriptor) !== 0 || (events & EPOLLHUP) !== 0) this.#drop('reset');
      return;
    }
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) !== 0) {
      this.#state |= READABLE;
      if ((events & EPOLLERR) !== 0) this.#state |= BROKEN;
      if ((events & (EPOLLPRI | EPOLLERR | EPOLLHUP)) !== 0) this.#state |= CUTS_SHORT;
      else if ((events & EPOLLRDHUP) !== 0) this.#state |= HAS_END;
      // What takes long waits until the others are served. The first bytes wait for those of this turn: whom they go to
      // may be connected among them.
      if ((this.#state & PLENTY) !== 0) this.#queue();
      else if ((this.#state & (FRESH | QUEUED)) === FRESH) this.#loop.afterEvents(this);
      else this.#read();
    }
    if ((events & EPOLLOUT) !== 0 && (this.#state & STUFFED) !== 0) this.#flush();
  }

  aged(): void {
    this.#output.aged();
    this.#setKeptAlive();
  }

  #setKeptAlive(): void {
    if ((this.#late & NOT_KEPT_ALIVE) === 0 || this.#descriptor < 0) return;
    this.#late &= ~NOT_KEPT_ALIVE;
    keepAlive(this.#loop, this.#descriptor);
  }

  readAgain(): void {
    this.#state &= ~(QUEUED | FRESH);
    this.#read();
  }

  settle(): void {
    const handler = this.#handler;
    this.#handler = null;
    if (this.#descriptor === NEVER_OPENED) {
      handler?.closing(this);
      handler?.over(this);
    }
    handler?.closed(this, this.#cause);
  }

  /** False: it is closed by now. */
  #hasConnected(events: number): boolean {
    if ((events & (EPOLLERR | EPOLLHUP)) !== 0) {
      const error = takeError(this.#loop, this.#descriptor);
      if (error !== 0) {
        this.#drop(causeOf(error));
        return false;
      }
    } else if ((events & EPOLLOUT) === 0) {
      return false;
    }
    this.#state &= ~CONNECTING;
    this.#output.connected();
    this.#handler?.connected(this);
    if ((this.#state & (ENDING | CLOSED)) === ENDING && this.unsent() === 0) this.#endOutput();
    return (this.#state & CLOSED) === 0;
  }

  /** Reads what is there, and learns of a reset behind that. */
  #read(): void {
    this.#readOn();
    // The system does not say it again, and neither who has paused meanwhile nor who has seen an end reads on.
    if ((this.#state & BROKEN) !== 0 && (this.#state & (PAUSED | READ_ENDED)) !== 0) this.#drop('reset');
  }

  /** As long as the handler likes, and not too long. */
  #readOn(): void {
    const { calls, memory } = this.#loop;
    for (let reads = 0; reads < mostReads; reads++) {
      if ((this.#state & (READABLE | PAUSED | READ_ENDED | CLOSED)) !== READABLE) return;
      if ((this.#state & (PLENTY | CUTS_SHORT)) === PLENTY && this.#move()) continue;
      const count = calls.receive(this.#descriptor, memory.chunkAt, readSize, 0);
      if (count > 0) {
        const isAll = count < readSize && (this.#state & CUTS_SHORT) === 0;
        if (isAll && (this.#state & HAS_END) === 0) this.#state &= ~READABLE;
        this.#take(count, isAll);
        if (isAll && (this.#state & (HAS_END | PAUSED | CLOSED)) === HAS_END) {
          this.#ended();
          return;
        }
      } else if (count === 0) {
        if ((this.#state & RESET) === 0) this.#ended();
        else this.#drop('reset');
        return;
      } else {
        if (isGone(this.#loop, this.#descriptor)) this.#drop('reset');
        this.#state &= ~(READABLE | CUTS_SHORT);
        return;
      }
    }
    this.#queue();
  }

  /** So many bytes were read. `isAll`: nothing more is there, but an end perhaps. */
  #take(count: number, isAll: boolean): void {
    const other = this.#relaysTo;
    if (other === null) {
      const { chunk } = this.#loop.memory;
      this.#handler?.data(this, count === readSize ? chunk : chunk.subarray(0, count));
      return;
    }
    if (count === readSize) this.#state |= PLENTY;
    const takesMore =
      (other.#state & CLOSED) !== 0 ||
      other.#written(other.#output.writeRead(count, isAll && (this.#state & HAS_END) !== 0));
    this.#handler?.relayed(this, count, takesMore);
  }

  /** Moves what is there to the stream that this one is relayed to. False: nothing of it, for whatever reason: read it. */
  #move(): boolean {
    const other = this.#relaysTo;
    if (other === null || (other.#state & (CLOSED | ENDING)) !== 0) return false;
    const count = other.#output.moveFrom(this.#descriptor);
    if (count < leastPiped) this.#state &= ~PLENTY;
    if (count === GONE) this.#state |= RESET;
    if (count <= 0) return false;
    const takesMore = other.#written(other.#output.flush());
    this.#handler?.relayed(this, count, takesMore);
    return true;
  }

  #queue(): void {
    if ((this.#state & QUEUED) !== 0) return;
    this.#state |= QUEUED;
    this.#loop.again(this);
  }

  #ended(): void {
    this.#state = (this.#state | READ_ENDED) & ~READABLE;
    // Before the other side hears of it: with the end of that one its peer may know that there is a place here.
    if ((this.#state & WRITE_ENDED) !== 0) this.#close();
    this.#handler?.ended(this);
  }

  /** True: all that was written is sent, or lost. The stream may be closed by then. */
  #written(outcome: Written): boolean {
    if (outcome === 'gone') this.#drop('reset');
    else if (outcome === 'waiting') this.#state |= STUFFED;
    return outcome !== 'waiting';
  }

  #flush(): void {
    const isDone = this.#written(this.#output.flush());
    if (!isDone || (this.#state & (STUFFED | CLOSED)) !== STUFFED) return;
    this.#state &= ~STUFFED;
    if ((this.#state & ENDING) !== 0) this.#endOutput();
    else this.#handler?.drained(this);
  }

  /** Sets all that was left for later: somebody is about to look, or to set something else. */
  #setLate(): void {
    if (this.#descriptor < 0) return;
    this.#setKeptAlive();
    this.#output.sendAtOnce();
    if ((this.#late & RESETS_ON_CLOSE) !== 0) resetOnClose(this.#loop, this.#descriptor, false);
    this.#late = 0;
  }

  /** All bytes are with the system, and the direction is to end. */
  #endOutput(): void {
    // Both have ended: close(2) sends our end behind what the system has.
    if ((this.#state & READ_ENDED) !== 0) {
      this.#close();
      return;
    }
    this.#state |= WRITE_ENDED;
    this.#loop.calls.shutdown(this.#descriptor, SHUT_WR);
  }

  #drop(cause: CloseCause): void {
    if ((this.#state & CLOSED) !== 0) return;
    this.#cause = cause;
    if (cause === 'dropped' && (this.#state & CONNECTING) === 0 && (this.#late & RESETS_ON_CLOSE) === 0)
      resetOnClose(this.#loop, this.#descriptor, true);
    this.#closeNow();
  }

  /** Both directions have ended. */
  #close(): void {
    if ((this.#state & CLOSED) !== 0) return;
    if ((this.#late & RESETS_ON_CLOSE) !== 0) resetOnClose(this.#loop, this.#descriptor, false);
    this.#closeNow();
  }

  #closeNow(): void {
    this.#state |= CLOSED;
    this.#relaysTo = null;
    this.#output.drop();
    this.#own.leave(this.#place);
    this.#place = 0;
    this.#handler?.closing(this);
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    this.#loop.forget(descriptor);
    this.#loop.closeDescriptor(descriptor);
    this.#handler?.over(this);
    this.#loop.settle(this);
  }
}

/** In the place of a descriptor: the system had none. */
export const NEVER_OPENED = -2;

const nowhere: SocketAddresses = { remoteAddress: '', remotePort: 0, localAddress: '', localPort: 0 };
