import { Socket } from 'node:net';
import { parseAddress } from '../../../net/address.ts';
import { savedSyn } from '../../sockets/saved-syn.ts';
import { ownEndOf } from '../../sockets/socket-ends.ts';
import { readOption, writeOption } from '../../sockets/socket-options.ts';
import {
  endOutput,
  isOfDescriptors,
  keepUrgentInline,
  resetOnClose,
  untakenBytes,
} from '../../sockets/system-calls.ts';
import type { OwnConnections } from '../own-connections.ts';
import type { SocketOption } from '../socket-option.ts';
import type { CloseCause, SocketAddresses, Stream, StreamHandler } from '../stream.ts';
import { descriptorOf, startReading, stopReading, unwrittenBytes } from './handle.ts';
import type { NodeTurns } from './node-turns.ts';
import { freeMemory, type ReadMemory } from './read-memory.ts';
import type { Unread, UnreadStreams } from './unread-streams.ts';

/** What all streams of an engine share. */
export type SharedByStreams = {
  readonly unread: UnreadStreams;
  readonly memory: ReadMemory;
  readonly own: OwnConnections;
  readonly turns: NodeTurns;
};

/** Where a stream is about to connect to, and with which label. */
export type Towards = { readonly address: string; readonly port: number; readonly label: number };

const ownEnd = new Uint32Array(4);
const otherEnd = new Uint32Array(4);

const streamOf = Symbol('stream');
const nothing: Uint8Array[] = [];
type Carrier = Socket & { [streamOf]: NodeStream };

/** The engine's stream over a net.Socket. The listeners are shared functions: one object per connection end. */
export class NodeStream implements Stream, Unread {
  unreadIndex = -1;
  readonly #socket: Socket;
  readonly #unread: UnreadStreams;
  readonly #memory: ReadMemory;
  readonly #turns: NodeTurns;
  /** What other streams have read and was written here, while some of it may be unsent. */
  #kept: Uint8Array[] = nothing;
  readonly #isOutgoing: boolean;
  readonly #own: OwnConnections;
  /** Where it connects to. */
  #remotePort = 0;
  /** Among those of ours; 0: it is not, or not yet. */
  #place = 0;
  #handler: StreamHandler | null = null;
  #relaysTo: Stream | null = null;
  #cause: CloseCause;
  #everConnected: boolean;
  #readEnded = false;
  #isNotified = false;
  /** As its listener says of all that it accepts: so it is where the process or the thread dies. */
  #resetsOnClose: boolean;

  /** `cause`: of a socket that is already lost. */
  constructor(
    socket: Socket,
    { unread, memory, own, turns }: SharedByStreams,
    cause: CloseCause = 'finished',
  ) {
    this.#cause = cause;
    this.#isOutgoing = socket.connecting;
    this.#everConnected = !socket.connecting;
    this.#resetsOnClose = !socket.connecting;
    this.#socket = socket;
    this.#unread = unread;
    this.#memory = memory;
    this.#turns = turns;
    this.#own = own;
    const carrier = Object.assign(socket, { [streamOf]: this, _destroy: destroy, _final: finish });
    carrier.on('connect', onConnect).on('data', onData).on('end', onEnd).on('drain', onDrain);
    carrier.on('finish', onFinish).on('error', onError).on('close', onClose);
  }

  /** Begins to connect, and to read. */
  begin(remotePort: number, handler: StreamHandler): void {
    this.#remotePort = remotePort;
    this.open(handler);
  }

  /** It connects by now: it is known by its ends from now on, until it closes. */
  enter(address: string, port: number, label: number): void {
    const ownPort = ownEndOf(this.descriptor(), ownEnd);
    if (ownPort <= 0 || !parseAddress(address, otherEnd)) return;
    this.#place = this.#own.enter(ownEnd, ownPort, otherEnd, port, label);
  }

  open(handler: StreamHandler): void {
    this.#handler = handler;
    this.#socket.resume();
  }

  write(chunk: Uint8Array): boolean {
    const socket = this.#socket;
    const isEnough = socket.write(chunk);
    // What the kernel took at once leaves nothing behind, and Node's `false` only says that the chunk was large.
    if (socket.writableLength === 0 && !socket.destroyed) {
      this.#free();
      return true;
    }
    const kept = this.#memory.keep(chunk);
    if (kept !== null) this.#kept = [...this.#kept, kept];
    return isEnough;
  }

  relayTo(other: Stream | null): void {
    this.#relaysTo = other;
  }

  end(): void {
    const socket = this.#socket;
    if (this.#readEnded && socket.writableLength === 0) this.#close();
    else socket.end();
  }

  pause(): void {
    if (this.#socket.destroyed) return;
    this.#socket.pause();
    stopReading(this.#socket);
    this.#unread.add(this);
  }

  resume(): void {
    if (this.#socket.destroyed) return;
    if (!this.#readEnded) this.#unread.remove(this);
    this.#socket.resume();
    startReading(this.#socket);
  }

  reset(): void {
    this.#drop('dropped');
  }

  /** The sweep has seen an error on the descriptor. */
  failed(): void {
    this.#drop('reset');
  }

  descriptor(): number {
    return descriptorOf(this.#socket);
  }

  addresses(): SocketAddresses {
    const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = this.#socket;
    return { remoteAddress, remotePort, localAddress, localPort };
  }

  unsent(): number {
    return this.#socket.writableLength;
  }

  untaken(): number {
    return unwrittenBytes(this.#socket) + untakenBytes(this.descriptor());
  }

  getOption(option: SocketOption): number | null {
    this.#endsInOrder();
    return readOption(this.descriptor(), option, this.#isOutgoing);
  }

  setOption(option: SocketOption, value: number): string | null {
    this.#endsInOrder();
    return writeOption(this.descriptor(), option, this.#isOutgoing, value);
  }

  savedSyn(): Uint8Array | null {
    return savedSyn(this.descriptor());
  }

  /** To close it sends what the system has, and then our end. */
  #endsInOrder(): void {
    if (this.#resetsOnClose) resetOnClose(this.descriptor(), false);
    this.#resetsOnClose = false;
  }

  #drop(cause: CloseCause): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    if (this.#cause === 'finished') this.#cause = cause;
    this.#unread.remove(this);
    // Node would wait for the connection first.
    if (socket.connecting) socket.destroy();
    else socket.resetAndDestroy();
    process.nextTick(notifyClosed, this);
  }

  /** Both directions have ended, or are about to: close(2) sends our FIN behind what the kernel has. */
  #close(): void {
    if (this.#socket.destroyed) return;
    this.#socket.destroy();
    process.nextTick(notifyClosed, this);
  }

  /** Node is about to close the descriptor, whatever made it. */
  onClosing(): void {
    this.#own.leave(this.#place);
    this.#place = 0;
    if (this.#cause === 'finished') this.#endsInOrder();
    this.#handler?.closing(this);
  }

  /** It has: before destroy returns, long before Node's `close`. */
  onClosed(): void {
    this.#handler?.over(this);
  }

  /**
   * All bytes are with the kernel, and the direction is to end. libuv would do that later, when the peer may have ended
   * too: then its FIN would be the last of the connection, and nobody would be told before.
   */
  onFinal(callback: () => void): void {
    if (this.#readEnded) {
      this.#close();
      return;
    }
    endOutput(this.descriptor());
    callback();
  }

  notifyClosed(): void {
    if (this.#isNotified) return;
    this.#isNotified = true;
    this.#unread.remove(this);
    const handler = this.#handler;
    this.#handler = null;
    handler?.closed(this, this.#cause);
  }

  onConnect(): void {
    this.#turns.atEvent();
    if (this.#socket.destroyed) return;
    if (this.#isItself()) {
      this.#drop('failed');
      return;
    }
    this.#everConnected = true;
    // Node can't set it before; nothing has been read yet.
    keepUrgentInline(this.descriptor());
    this.#handler?.connected(this);
  }

  /** The ports are compared first, for they differ almost always. */
  #isItself(): boolean {
    const socket = this.#socket;
    return (
      ownEndOf(this.descriptor(), ownEnd) === this.#remotePort && socket.localAddress === socket.remoteAddress
    );
  }

  onData(chunk: Uint8Array): void {
    this.#turns.atEvent();
    if (this.#socket.destroyed) {
      freeMemory(chunk);
      return;
    }
    this.#memory.lend(chunk);
    if (this.#relaysTo === null) {
      this.#handler?.data(this, chunk);
    } else {
      const { length } = chunk;
      const takesMore = this.#relaysTo.write(chunk);
      this.#handler?.relayed(this, length, takesMore);
    }
    this.#memory.end();
  }

  onEnd(): void {
    this.#readEnded = true;
    // Before the other side hears of it: with the end of that one its peer may know that there is a place here.
    if (this.#socket.writableFinished) this.#close();
    else this.#unread.add(this);
    this.#handler?.ended(this);
  }

  onFinish(): void {
    if (this.#readEnded) this.#close();
  }

  onDrain(): void {
    this.#free();
    this.#handler?.drained(this);
  }

  onError(error: Error): void {
    if (this.#cause === 'finished') {
      const code = 'code' in error ? error.code : '';
      const failure = isOfDescriptors(code) ? 'exhausted' : 'failed';
      // One that is reset before it is known to be connected: who refuses it says ECONNREFUSED.
      this.#cause = this.#everConnected || code === 'ECONNRESET' ? 'reset' : failure;
    }
    this.notifyClosed();
  }

  /** Nothing is unsent any more, nor does the system look at it. */
  #free(): void {
    if (this.#kept.length === 0) return;
    for (const chunk of this.#kept) freeMemory(chunk);
    this.#kept = nothing;
  }

  onClose(): void {
    this.#free();
    this.notifyClosed();
  }
}

/** In the place of Node's: all that closes the descriptor comes through here. */
function destroy(this: Carrier, error: Error | null, callback: (error?: Error | null) => void): void {
  this[streamOf].onClosing();
  Socket.prototype._destroy.call(this, error, callback);
  this[streamOf].onClosed();
}
/** In the place of Node's. */
function finish(this: Carrier, callback: (error?: Error | null) => void): void {
  if (this.connecting) this.once('connect', () => this[streamOf].onFinal(callback));
  else this[streamOf].onFinal(callback);
}
function notifyClosed(stream: NodeStream): void {
  stream.notifyClosed();
}
function onConnect(this: Carrier): void {
  this[streamOf].onConnect();
}
function onData(this: Carrier, chunk: Uint8Array): void {
  this[streamOf].onData(chunk);
}
function onEnd(this: Carrier): void {
  this[streamOf].onEnd();
}
function onFinish(this: Carrier): void {
  this[streamOf].onFinish();
}
function onDrain(this: Carrier): void {
  this[streamOf].onDrain();
}
function onError(this: Carrier, error: Error): void {
  this[streamOf].onError(error);
}
function onClose(this: Carrier): void {
  this[streamOf].onClose();
}
