import { type Connector, canBind, DescriptorSocket } from '../../sockets/outgoing-socket.ts';
import { SocketProbe } from '../../sockets/socket-probe.ts';
import { monotonicNow } from '../clock.ts';
import type { Engine, Timer } from '../engine.ts';
import type { Listener, ListenerShare, ListenHandler } from '../listener.ts';
import { LocalAddresses } from '../local-addresses.ts';
import type { OutgoingSocket, SourceAddress } from '../outgoing-socket.ts';
import type { OwnConnections } from '../own-connections.ts';
import type { Stream, StreamHandler } from '../stream.ts';
import type { Calls } from './calls.ts';
import { Connecting } from './connecting.ts';
import { EpollListener } from './listener.ts';
import { Loop } from './loop.ts';
import { CallMemory } from './memory.ts';
import { Pipes } from './pipes.ts';
import { SpareDescriptors } from './spare-descriptors.ts';

/** Milliseconds between two checks of the descriptors that are left. */
const descriptorsInterval = 1000;
/** Milliseconds between two looks at which addresses this machine has. */
const addressesInterval = 5000;
/** All that is open has aged by so much at most when it is told. */
const agingSeconds = 15;

/** The engine on epoll(7): no object of Node's, and few calls, for each connection. */
export class EpollEngine implements Engine {
  readonly #loop: Loop;
  readonly #own: OwnConnections;
  readonly #spare: SpareDescriptors;
  readonly #pipes: Pipes;
  readonly #connecting: Connecting;
  readonly #probe = new SocketProbe();
  readonly #local = new LocalAddresses();
  readonly #handlers = new Set<ListenHandler>();
  readonly #timers: readonly Timer[];
  #agingPart = 0;

  /** Throws SystemCallError. */
  constructor(calls: Calls, own: OwnConnections, descriptors: SharedArrayBuffer) {
    this.#loop = new Loop(calls, new CallMemory(calls), descriptors);
    this.#own = own;
    this.#spare = new SpareDescriptors(this.#loop);
    this.#pipes = new Pipes(this.#loop, this.#spare);
    this.#connecting = new Connecting({ loop: this.#loop, own, pipes: this.#pipes });
    this.#timers = [
      this.every(descriptorsInterval, () => this.#checkDescriptors()),
      this.every(addressesInterval, () => this.#local.refresh()),
      this.every(1000, () => this.#age()),
    ];
  }

  close(): void {
    for (const timer of this.#timers) timer.stop();
    this.#spare.release();
    this.#pipes.close();
    this.#loop.close();
  }

  now(): number {
    return monotonicNow();
  }

  wallClock(): number {
    return Date.now();
  }

  after(milliseconds: number, callback: () => void): Timer {
    return this.#loop.timers.after(milliseconds, callback);
  }

  every(milliseconds: number, callback: () => void): Timer {
    return this.#loop.timers.every(milliseconds, callback);
  }

  listen({ descriptors }: ListenerShare, handler: ListenHandler): Listener {
    const shared = { loop: this.#loop, own: this.#own, spare: this.#spare, pipes: this.#pipes };
    this.#handlers.add(handler);
    return new EpollListener(shared, descriptors, handler, () => this.#handlers.delete(handler));
  }

  connect(address: string, port: number, label: number, handler: StreamHandler): Stream {
    return this.#connecting.connect(null, { address, port, label }, handler);
  }

  prepare(address: string, port: number, label: number): OutgoingSocket {
    const connector: Connector = {
      opened: (descriptor) => this.#loop.entered(descriptor),
      closing: (descriptor) => this.#loop.left(descriptor),
      connect: (descriptor, handler) =>
        this.#connecting.connect(descriptor, { address, port, label }, handler),
      fail: (cause, handler) => this.#connecting.fail(cause, handler),
    };
    return new DescriptorSocket(address, connector);
  }

  changeRelayRoom(bytes: number): void {
    this.#pipes.changeRoom(bytes);
  }

  /** The loop gives Node its turn. */
  whenNodeWaits(): void {}

  isLocal(address: Uint32Array): boolean {
    return this.#local.has(address);
  }

  canConnectFrom(source: SourceAddress): boolean {
    return canBind(source);
  }

  probe(sockets: Int32Array, over: Uint8Array, count: number): void {
    this.#probe.probe(sockets, over, count);
  }

  #age(): void {
    this.#agingPart = (this.#agingPart + 1) % agingSeconds;
    this.#loop.age(this.#agingPart, agingSeconds);
  }

  /** What the system as a whole has left, only a try shows. */
  #checkDescriptors(): void {
    if (this.#spare.look()) return;
    for (const handler of this.#handlers) handler.exhausted(0);
  }
}
