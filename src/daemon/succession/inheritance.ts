import { Socket } from 'node:net';
import { GivenSockets } from '../../enforcer/sockets/given-sockets.ts';
import { addressOf } from '../../net/address.ts';
import {
  Channel,
  type HandedListener,
  type Predecessor,
  protocol,
  type Reported,
  type ToPredecessor,
  type ToSuccessor,
} from './channel.ts';
import { receiveDescriptors } from './descriptor-socket.ts';
import { channelDescriptor, descriptorsDescriptor, successorVariable } from './new-process.ts';

/** What the process before this one hands over first. */
export type Inheritance = {
  /** The lock of the state directory, as a descriptor. */
  readonly lock: number;
  /** Of members that are known by names. */
  readonly addresses: ReadonlyMap<string, string>;
};

/** The process that this one takes over from. */
export class OldProcess implements Predecessor {
  /** Its listening sockets, once they are taken. */
  readonly given = new GivenSockets();
  readonly ended: Promise<void>;
  readonly taken: Promise<void>;
  /** Rejects where it is gone before. */
  readonly owned: Promise<Inheritance>;
  readonly #channel: Channel<ToSuccessor, ToPredecessor>;
  readonly #owned = Promise.withResolvers<Inheritance>();
  readonly #taken = Promise.withResolvers<void>();
  /** Those that are not of anything that was announced yet. */
  #descriptors: number[] = [];
  #addresses: Inheritance['addresses'] = new Map();
  #listeners: readonly HandedListener[] | undefined;
  #waiting: Reported[] = [];
  #receive: ((message: Reported) => void) | undefined;

  /** Says that the code of this process is loaded. */
  constructor() {
    this.#channel = new Channel(inherited());
    this.ended = this.#channel.ended;
    this.owned = this.#owned.promise;
    this.taken = this.#taken.promise;
    // Who waits for neither learns of it when the process ends.
    for (const awaited of [this.owned, this.taken]) awaited.catch(() => undefined);
    void this.ended.then(() => this.#fail(new Error('the Levee that was to hand over has ended')));
    this.#channel.listen((message) => {
      try {
        this.#heard(message);
      } catch (error) {
        this.#fail(error);
      }
    });
    this.#channel.send({ type: 'ready', protocol });
  }

  send(message: ToPredecessor): void {
    this.#channel.send(message);
  }

  listen(receive: (message: Reported) => void): void {
    this.#receive = receive;
    for (const message of this.#waiting.splice(0)) receive(message);
  }

  /** Resolves when all is sent. */
  end(): Promise<void> {
    return this.#channel.end();
  }

  #fail(error: unknown): void {
    this.#owned.reject(error);
    this.#taken.reject(error);
  }

  #heard(message: ToSuccessor): void {
    switch (message.type) {
      case 'own':
        this.#addresses = message.addresses;
        break;
      case 'take':
        this.#listeners = message.listeners;
        this.#take();
        break;
      case 'descriptors':
        this.#descriptors.push(...receiveDescriptors(descriptorsDescriptor));
        this.#channel.send({ type: 'received' });
        this.#take();
        break;
      default:
        if (this.#receive === undefined) this.#waiting.push(message);
        else this.#receive(message);
    }
  }

  /** The first descriptor is the lock; then, once all are here, come those of the sockets. */
  #take(): void {
    const listeners = this.#listeners;
    if (listeners === undefined) {
      const [lock] = this.#descriptors.splice(0, 1);
      if (lock !== undefined) this.#owned.resolve({ lock, addresses: this.#addresses });
      return;
    }
    const wanted = listeners.reduce((sum, { queues, hasGuard }) => sum + queues + (hasGuard ? 1 : 0), 0);
    if (this.#descriptors.length < wanted) return;
    for (const listener of listeners) this.#give(listener);
    this.#taken.resolve();
  }

  #give({ address, port, queues, hasGuard, isLent }: HandedListener): void {
    const words = addressOf(address);
    if (words === null) throw new Error(`${address} is no address`);
    const descriptors = this.#descriptors.splice(0, queues);
    const [guard = null] = this.#descriptors.splice(0, hasGuard ? 1 : 0);
    this.given.add(words, port, { descriptors, guard, isLent });
  }
}

/** Throws where it is no process that hands over which has started this one. */
function inherited(): Socket {
  try {
    return new Socket({ fd: channelDescriptor });
  } catch (error) {
    const reason = `only a Levee that hands over sets $${successorVariable}`;
    throw new Error(`there is nobody to take over from: ${reason}`, { cause: error });
  }
}
