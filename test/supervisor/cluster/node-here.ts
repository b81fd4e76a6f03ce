import type { TestContext } from 'node:test';
import type { OwnConfiguration } from '../../../src/cluster/configuration/own-configuration.ts';
import { clusterKey, Envelopes } from '../../../src/cluster/messages/envelope.ts';
import { type Protocol, protocol } from '../../../src/cluster/messages/protocol.ts';
import { PolicyKeys } from '../../../src/cluster/policy-keys.ts';
import type { ClusterSettings } from '../../../src/cluster/settings.ts';
import { openRedis } from '../../../src/cluster/store/redis-store.ts';
import type { Listener, SharedStore } from '../../../src/cluster/store/shared-store.ts';
import { monotonicNow } from '../../../src/enforcer/engine/clock.ts';
import type { RaisedEvent } from '../../../src/events/events.ts';
import type { PolicySnapshot } from '../../../src/policy/snapshot.ts';
import { ClusterNode } from '../../../src/supervisor/cluster/cluster-node.ts';
import { createSourcesTable } from '../../../src/verdict/table/table.ts';
import { type Block, liftBlock, listBlocks, setBlock } from '../../../src/verdict/upkeep/blocks.ts';
import { policyOf, ruleOf } from '../../policy/snapshots.ts';
import type { Redis } from '../../running/redis.ts';

const key = 'a key that all nodes have';
const prefix = 'levee';
const plain = { username: '', password: { text: '', destination: '' }, tls: null };

const notShared: OwnConfiguration = {
  standing: null,
  revision: 0,
  isShared: true,
  waits: '',
  author: null,
  image: () => Promise.resolve([]),
  differsFrom: () => Promise.resolve(false),
  take: () => Promise.resolve('changed-meanwhile'),
  stand: () => Promise.resolve(),
};

/** What is usual otherwise. */
type Options = {
  readonly spoken?: Protocol;
  /** Of its table. */
  readonly sources?: number;
  readonly counts?: ClusterSettings['counts'];
  readonly sharesConfiguration?: boolean;
};

/** A node of a cluster without a daemon around it: a sources table, and one policy `web`, that blocks. */
export class NodeHere {
  readonly node: ClusterNode;
  readonly events: RaisedEvent[] = [];
  readonly #table: SharedArrayBuffer;
  readonly #settings: ClusterSettings;

  private constructor(settings: ClusterSettings, { spoken = protocol, sources = 1024 }: Options) {
    this.#settings = settings;
    this.#table = createSourcesTable(sources);
    const policies = new Map<number, PolicySnapshot>([
      [1, policyOf({ rule: ruleOf({ threshold: 2, action: 'block-period' }) })],
    ]);
    this.node = new ClusterNode(
      {
        table: this.#table,
        policies,
        keys: new PolicyKeys(policies, () => undefined),
        configuration: notShared,
        reveal: ({ text }) => text,
        record: (event) => this.events.push(event),
        lifted: () => {},
      },
      spoken,
    );
  }

  static async start(
    context: TestContext,
    redis: Redis,
    name: string,
    options: Options = {},
  ): Promise<NodeHere> {
    const settings = {
      node: name,
      key: { text: key, destination: '' },
      prefix,
      sharesBlocks: true,
      sharesConfiguration: options.sharesConfiguration ?? false,
      counts: options.counts ?? null,
      servers: [{ server: '127.0.0.1', port: redis.port, ...plain }],
    };
    const here = new NodeHere(settings, options);
    context.after(() => here.node.stop());
    await here.configure();
    return here;
  }

  configure(): Promise<void> {
    return this.node.configure(this.#settings);
  }

  get peers(): readonly string[] {
    return this.node.report()?.peers.map(({ node }) => node) ?? [];
  }

  get blocked(): readonly string[] {
    const blocks: Block[] = [];
    for (const _ of listBlocks(this.#table, monotonicNow(), (block) => blocks.push(block)));
    return blocks.map(({ source }) => source).sort();
  }

  /** As a worker does. */
  block(source: string): void {
    const now = monotonicNow();
    setBlock(
      this.#table,
      { policy: 1, source, prefix: 32, until: now + 600_000, reason: 'connections' },
      now,
    );
  }

  lift(source: string): void {
    liftBlock(this.#table, 1, source, monotonicNow(), () => {});
    this.node.lift([{ policy: 1, source, prefix: 32 }], 'admin');
  }
}

/** What anybody can do who reaches the store. */
export async function storeOf(
  context: TestContext,
  redis: Redis,
  channels: ReadonlyMap<string, Listener> = new Map(),
): Promise<SharedStore> {
  const server = { server: '127.0.0.1', port: redis.port, ...plain };
  const store = await openRedis([server], () => '', channels, new AbortController().signal);
  context.after(() => store.close());
  return store;
}

/** What a node can do: seal, and open. */
export async function envelopesOf(): Promise<Envelopes> {
  return new Envelopes(await clusterKey(key, prefix));
}
