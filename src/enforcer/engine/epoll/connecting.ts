import { existsSync, readFileSync } from 'node:fs';
import { addressOf } from '../../../net/address.ts';
import { AF_INET, AF_INET6 } from '../../sockets/system-calls.ts';
import { NOBODY, type OwnConnections } from '../own-connections.ts';
import type { Stream, StreamHandler } from '../stream.ts';
import { EAFNOSUPPORT, EINPROGRESS, NONBLOCKING, SOCK_STREAM } from './calls.ts';
import { causeOf, isGone, takeError } from './gone.ts';
import { keepUrgentInline, MAY_DELAY, NOT_KEPT_ALIVE } from './late-options.ts';
import type { Loop } from './loop.ts';
import { nameOf } from './memory.ts';
import { EpollStream, NEVER_OPENED, type SharedByStreams } from './stream.ts';

/** Where a stream is about to connect to, and with which label. */
export type Towards = { readonly address: string; readonly port: number; readonly label: number };

/** Where it goes, as the system and we know it. */
type Target = {
  readonly text: string;
  readonly address: Uint32Array;
  readonly port: number;
  readonly name: Int32Array;
};

const leftForLater = NOT_KEPT_ALIVE | MAY_DELAY;

/** Members have few addresses. */
const mostTargets = 1024;

/** Begins to connect. */
export class Connecting {
  readonly #shared: SharedByStreams;
  readonly #loop: Loop;
  readonly #own: OwnConnections;
  /** By address and port. */
  readonly #targets = new Map<string, Map<number, Target>>();
  /** The one that was connected to last. */
  #last: Target | null = null;
  readonly #ownEnd = new Uint32Array(4);
  readonly #firstChosenPort = firstChosenPort();

  constructor(shared: SharedByStreams) {
    this.#shared = shared;
    this.#loop = shared.loop;
    this.#own = shared.own;
  }

  /** `prepared`: a socket that is to connect, the stream's from now on; null: there is none yet. */
  connect(prepared: number | null, towards: Towards, handler: StreamHandler): Stream {
    const loop = this.#loop;
    const { calls, memory } = loop;
    const target = this.#targetOf(towards);
    const descriptor = prepared ?? this.#open(target);
    if (descriptor < 0) {
      return this.fail(calls.errno() === EAFNOSUPPORT ? 'failed' : 'exhausted', handler);
    }
    if (prepared !== null) calls.stopBlocking(descriptor);
    memory.setName(target.name);
    const isRefused =
      calls.connect(descriptor, memory.nameAt, target.name.byteLength) < 0 &&
      calls.errno() !== EINPROGRESS &&
      isGone(loop, descriptor);
    if (isRefused) {
      const cause = causeOf(takeError(loop, descriptor));
      loop.closeDescriptor(descriptor);
      return this.fail(cause, handler);
    }
    const isLabelled = towards.label !== NOBODY;
    const mayMeetItself = prepared !== null || towards.port >= this.#firstChosenPort;
    const ownPort = isLabelled || mayMeetItself ? this.#ownEndOf(descriptor) : 0;
    if (ownPort === target.port && isSame(this.#ownEnd, target.address)) {
      loop.closeDescriptor(descriptor);
      return this.fail('failed', handler);
    }
    const stream = new EpollStream(this.#shared, descriptor, true, prepared === null ? leftForLater : 0);
    if (isLabelled && ownPort > 0)
      stream.enter(this.#own.enter(this.#ownEnd, ownPort, target.address, target.port, towards.label));
    stream.open(handler);
    return stream;
  }

  /** A stream that could not begin to connect: `closed` follows, never from within this call. */
  fail(cause: 'failed' | 'exhausted' | 'reset', handler: StreamHandler): Stream {
    const stream = new EpollStream(this.#shared, NEVER_OPENED, true, 0);
    stream.fail(cause, handler);
    return stream;
  }

  /** A socket with those of the options that all ours have which are not left for later; below 0: the system has none. */
  #open({ name }: Target): number {
    const { calls } = this.#loop;
    const family = name.byteLength === 16 ? AF_INET : AF_INET6;
    const descriptor = calls.socket(family, SOCK_STREAM | NONBLOCKING, 0);
    if (descriptor < 0) return descriptor;
    this.#loop.entered(descriptor);
    keepUrgentInline(this.#loop, descriptor);
    return descriptor;
  }

  #targetOf(towards: Towards): Target {
    if (this.#last?.text !== towards.address || this.#last.port !== towards.port)
      this.#last = this.#findTarget(towards);
    return this.#last;
  }

  #findTarget({ address: text, port }: Towards): Target {
    const known = this.#targets.get(text)?.get(port);
    if (known !== undefined) return known;
    const address = addressOf(text);
    if (address === null) throw new TypeError(`${text} is no address`);
    if (this.#targets.size >= mostTargets) this.#targets.clear();
    const ofAddress = this.#targets.get(text) ?? new Map<number, Target>();
    this.#targets.set(text, ofAddress);
    const target = { text, address, port, name: nameOf(address, port) };
    ofAddress.set(port, target);
    return target;
  }

  /** Its address into `ownEnd`. Returns its port; 0: it has none. */
  #ownEndOf(descriptor: number): number {
    const { calls, memory } = this.#loop;
    memory.expectName();
    const has = calls.nameOf(descriptor, memory.nameAt, memory.nameLengthAt) === 0;
    return has ? memory.readName(this.#ownEnd) : 0;
  }
}

function isSame(one: Uint32Array, other: Uint32Array): boolean {
  return one[0] === other[0] && one[1] === other[1] && one[2] === other[2] && one[3] === other[3];
}

/**
 * The lowest port that the system may choose to connect from: it may choose the one that the connection goes to. Where
 * the system does not say, any may be the lowest.
 */
function firstChosenPort(): number {
  const file = '/proc/sys/net/ipv4/ip_local_port_range';
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'latin1'), 10) : 0;
}
