import { formatAddress } from '../../../net/address.ts';
import type { SocketAddresses } from '../stream.ts';
import { type Calls, IP_TRANSPARENT, IPPROTO_IP } from './calls.ts';
import type { CallMemory } from './memory.ts';

/** Whom it is asked, and where the answer comes. */
type Asking = {
  readonly calls: Pick<Calls, 'getOption' | 'nameOf' | 'peerOf'>;
  readonly memory: CallMemory;
};

const address = new Uint32Array(4);

/** One end of a connection. It becomes text when somebody wants it, which is mostly nobody. */
export class SocketEnd {
  readonly port: number;
  readonly #first: number;
  readonly #second: number;
  readonly #third: number;
  readonly #fourth: number;

  /** @param words four words of address, in network order */
  constructor(words: Uint32Array, port: number) {
    const [first = 0, second = 0, third = 0, fourth = 0] = words;
    this.#first = first | 0;
    this.#second = second | 0;
    this.#third = third | 0;
    this.#fourth = fourth | 0;
    this.port = port;
  }

  get address(): string {
    address[0] = this.#first;
    address[1] = this.#second;
    address[2] = this.#third;
    address[3] = this.#fourth;
    return formatAddress(address);
  }

  get isAny(): boolean {
    return (this.#first | this.#second | this.#fourth) === 0;
  }
}

/** Both ends of a connection. */
export class SocketEnds implements SocketAddresses {
  readonly #remote: SocketEnd;
  readonly #local: SocketEnd;

  constructor(remote: SocketEnd, local: SocketEnd) {
    this.#remote = remote;
    this.#local = local;
  }

  get remoteAddress(): string {
    return this.#remote.address;
  }

  get remotePort(): number {
    return this.#remote.port;
  }

  get localAddress(): string {
    return this.#local.address;
  }

  get localPort(): number {
    return this.#local.port;
  }
}

/** Our end of a socket; null: the system knows of none. */
export function localEndOf({ calls, memory }: Asking, descriptor: number): SocketEnd | null {
  memory.expectName();
  const isKnown = calls.nameOf(descriptor, memory.nameAt, memory.nameLengthAt) === 0;
  return isKnown ? readEnd(memory) : null;
}

/** The end of its peer; null: the peer has reset it, or there is none. */
export function remoteEndOf({ calls, memory }: Asking, descriptor: number): SocketEnd | null {
  memory.expectName();
  const isKnown = calls.peerOf(descriptor, memory.nameAt, memory.nameLengthAt) === 0;
  return isKnown ? readEnd(memory) : null;
}

/** Our end of everything that a listening socket accepts; null: it is not the same for all of that. */
export function commonEndOf(asking: Asking, listener: number): SocketEnd | null {
  const { calls, memory } = asking;
  memory.setValue(0);
  calls.getOption(listener, IPPROTO_IP, IP_TRANSPARENT, memory.valueAt, memory.valueLengthAt);
  const isTransparent = memory.value !== 0;
  const end = isTransparent ? null : localEndOf(asking, listener);
  return end === null || end.isAny ? null : end;
}

function readEnd(memory: CallMemory): SocketEnd {
  const port = memory.readName(address);
  return new SocketEnd(address, port);
}
