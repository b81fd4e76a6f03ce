import { Socket } from 'node:net';
import { GivenSockets } from '../../enforcer/sockets/given-sockets.ts';
import { addressOf } from '../../net/address.ts';
import { Channel, type Predecessor, protocol, type ToPredecessor, type ToSuccessor } from './channel.ts';
import { receiveDescriptors } from './descriptor-socket.ts';
import { channelDescriptor, descriptorsDescriptor } from './new-process.ts';

/** What the process before this one hands over, but for the connections that count: these come to whoever listens. */
export type Inheritance = {
  readonly predecessor: Predecessor;
  /** The lock of the state directory, as a descriptor. */
  readonly lock: number;
  readonly given: GivenSockets;
  /** Of members that are known by names. */
  readonly addresses: ReadonlyMap<string, string>;
};

type Taken = Extract<ToSuccessor, { type: 'take' }>;

/** Says that this process can begin, and resolves when it has everything. Rejects where the other one is gone before. */
export async function inherit(): Promise<Inheritance> {
  const channel = new Channel<ToSuccessor, ToPredecessor>(new Socket({ fd: channelDescriptor }));
  const inheritance = Promise.withResolvers<Inheritance>();
  const descriptors: number[] = [];
  const later: ToSuccessor[] = [];
  let taken: Taken | undefined;
  channel.listen((message) => {
    try {
      if (message.type === 'take') taken = message;
      else if (message.type === 'descriptors') {
        descriptors.push(...receiveDescriptors(descriptorsDescriptor));
        channel.send({ type: 'received' });
      } else later.push(message);
      if (taken === undefined || descriptors.length < countOf(taken)) return;
      channel.hold(later);
      inheritance.resolve(inheritanceOf(channel, taken, descriptors));
    } catch (error) {
      inheritance.reject(error);
    }
  });
  channel.send({ type: 'ready', protocol });
  void channel.ended.then(() => inheritance.reject(new Error('the Levee that was to hand over has ended')));
  return inheritance.promise;
}

/** The lock, and the descriptors of the sockets. */
function countOf({ listeners }: Taken): number {
  return listeners.reduce((sum, { queues, hasGuard }) => sum + queues + (hasGuard ? 1 : 0), 1);
}

function inheritanceOf(predecessor: Predecessor, taken: Taken, descriptors: readonly number[]): Inheritance {
  const [lock = -1, ...rest] = descriptors;
  const given = new GivenSockets();
  let at = 0;
  for (const { address, port, queues, hasGuard, isLent } of taken.listeners) {
    const words = addressOf(address);
    if (words === null) throw new Error(`${address} is no address`);
    const socket = {
      descriptors: rest.slice(at, at + queues),
      guard: hasGuard ? (rest[at + queues] ?? -1) : null,
      isLent,
    };
    given.add(words, port, socket);
    at += queues + (hasGuard ? 1 : 0);
  }
  return { predecessor, lock, given, addresses: taken.addresses };
}
