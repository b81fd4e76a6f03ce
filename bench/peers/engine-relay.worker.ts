import { workerData } from 'node:worker_threads';
import { loadCalls } from '../../src/enforcer/engine/epoll/calls.ts';
import { epollImplementation } from '../../src/enforcer/engine/epoll/implementation.ts';
import type { ListenerShare } from '../../src/enforcer/engine/listener.ts';
import { createOwnConnections, NOBODY, OwnConnections } from '../../src/enforcer/engine/own-connections.ts';
import { createOwnedDescriptors } from '../../src/enforcer/engine/owned-descriptors.ts';
import type { CloseCause, Stream, StreamHandler } from '../../src/enforcer/engine/stream.ts';
import { softDescriptorLimit } from '../../src/enforcer/sockets/system-calls.ts';
import { addressOf } from '../../src/net/address.ts';
import { relayOnRing } from '../ring/relay.ts';

export type EngineRelayData = {
  readonly kind: 'epoll' | 'io_uring';
  readonly relayed: ListenerShare;
  readonly refused: ListenerShare;
  readonly backend: number;
};

const { kind, relayed, refused, backend }: EngineRelayData = workerData;
const loopback = '127.0.0.1';

/** One side of a connection that nobody looks at. */
class Side implements StreamHandler {
  other: Stream | null = null;
  /** What comes before the other side is connected. */
  data(stream: Stream, chunk: Uint8Array): void {
    if (this.other?.write(chunk) === false) stream.pause();
  }
  connected(stream: Stream): void {
    stream.relayTo(this.other);
    this.other?.relayTo(stream);
  }
  relayed(stream: Stream, _bytes: number, takesMore: boolean): void {
    if (!takesMore) stream.pause();
  }
  ended(): void {
    this.other?.end();
  }
  drained(): void {
    this.other?.resume();
  }
  closing(): void {}
  over(): void {}
  closed(_stream: Stream, cause: CloseCause): void {
    if (cause !== 'finished') this.other?.reset();
  }
}

async function relayOnEngine(): Promise<void> {
  const limit = softDescriptorLimit();
  const own = new OwnConnections(createOwnConnections(1, limit), 1);
  const engine = await epollImplementation.start(own, createOwnedDescriptors(limit));
  const fail = (message = 'out of descriptors'): never => {
    throw new Error(message);
  };
  engine.listen(relayed, {
    decide: () => true,
    accepted: (client) => {
      const near = new Side();
      const far = new Side();
      far.other = client;
      near.other = engine.connect(loopback, backend, NOBODY, far);
      client.open(near);
    },
    exhausted: () => fail(),
    failed: fail,
  });
  engine.listen(refused, {
    decide: () => false,
    accepted: () => {},
    exhausted: () => fail(),
    failed: fail,
  });
}

if (kind === 'epoll') await relayOnEngine();
else {
  const address = addressOf(loopback);
  if (address !== null) relayOnRing(loadCalls(), relayed.descriptors, refused.descriptors, address, backend);
}
