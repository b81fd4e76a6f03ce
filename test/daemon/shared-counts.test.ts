import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Node, nodeOf } from '../running/cluster-nodes.ts';
import { until } from '../running/condition.ts';
import { Redis, withRedis } from '../running/redis.ts';

const threshold = 10;
/** Of that threshold. */
const allowance = 8;
const settings = { threshold, isProcess: true };

type Status = { readonly process: number };

type SharedSource = {
  readonly source: string;
  readonly own: number;
  readonly remote: number;
  readonly nodes: readonly { readonly node: string; readonly open: number }[];
};

async function sharing(...nodes: readonly Node[]): Promise<void> {
  for (const node of nodes)
    await until('counts are shared', async () => {
      if (standing(node) !== 'shared') return false;
      const { counts } = await node.status();
      return counts?.standing === 'sharing' && counts.nodes === nodes.length;
    });
}

/** Whether counts are shared, as the events of a node say. */
function standing(node: Node): string | undefined {
  return /counts are (shared|not shared)/.exec(node.lastEvent(/counts are/))?.[1];
}

async function alone(node: Node): Promise<void> {
  await until('the other is gone', () => node.lastEvent(/node .* is gone/) !== '');
  await until('what it held counts no more', async () => (await node.status()).counts?.nodes === 1);
}

/** So many connections at once at each; how many of them are admitted, and stay. */
async function flood(nodes: readonly Node[], count: number, from?: string): Promise<number> {
  const clients = nodes.flatMap((node) => Array.from({ length: count }, () => node.open(from)));
  return (await Promise.all(clients)).filter((outcome) => outcome === 'admitted').length;
}

type Record = { readonly src: string; readonly elsewhere?: number };

async function sources(node: Node): Promise<readonly SharedSource[]> {
  return node.asked('diagnose cluster sources');
}

async function elsewhere(node: Node, source = '127.0.0.1'): Promise<number> {
  return (await sources(node)).find((each) => each.source === source)?.remote ?? 0;
}

/** The least that the other node knows of what the first one holds, while another process takes over there. */
async function takenOver(node: Node, other: Node): Promise<number> {
  assert.equal((await node.state.here(['daemon', '--take-over'])).status, 0);
  let known = Number.POSITIVE_INFINITY;
  await until('it shares again', async () => {
    known = Math.min(known, await elsewhere(other));
    return node.lastEvent(/has taken over|counts are/).includes('counts are shared');
  });
  return known;
}

suite('nodes that share counts', { ...withRedis, concurrency: 2 }, () => {
  test('hold a source to its threshold together, and give its places back when a node is gone', async (context) => {
    const redis = await Redis.start(context);
    const one = await nodeOf(context, redis, 'n1', settings);
    const other = await nodeOf(context, redis, 'n2', settings);
    await sharing(one, other);
    const admitted = await flood([one, other], 30);
    assert.ok(admitted >= threshold && admitted <= threshold + allowance, String(admitted));
    await until('each knows of all', async () => {
      const counted = (await Promise.all([one, other].map(sources))).map(([source]) => source);
      return counted.every((source) => source !== undefined && source.own + source.remote === admitted);
    });
    const [[here], [there]] = [await sources(one), await sources(other)];
    assert.ok(here !== undefined && there !== undefined);
    assert.deepEqual([there.own, there.remote], [here.remote, here.own]);
    assert.deepEqual(here.nodes, [
      { node: 'n1', open: here.own },
      { node: 'n2', open: here.remote },
    ]);
    assert.equal(await flood([one, other], 5), 0);

    // Others are as welcome as ever, with six at once at each node; and no seventh that the sum leaves no place for.
    assert.equal(await flood([one], 6, '127.0.0.2'), 6);
    assert.equal(await flood([other], 6, '127.0.0.3'), 6);
    await until('the other knows', async () => (await elsewhere(other, '127.0.0.2')) === 6);
    assert.equal(await flood([other], 6, '127.0.0.2'), threshold - 6);
    const { stdout } = await other.state.here(['-c', 'diagnose policy source list']);
    assert.match(stdout, /^policy +source +open +elsewhere .*\n(.*\n)*web +127\.0\.0\.2 +4 +6 /);
    await until('it is reported', async () => {
      const records = await other.asked<readonly Record[]>('execute log display attack');
      return records.some(({ src, elsewhere: known }) => src === '127.0.0.2' && Number(known) === 6);
    });

    await other.process?.kill('SIGKILL');
    await alone(one);
    assert.equal(here.own + (await flood([one], 30)), threshold);
  });

  test('know what a node holds while another process takes over there, or is too slow', async (context) => {
    const redis = await Redis.start(context);
    const one = await nodeOf(context, redis, 'n1', settings);
    const other = await nodeOf(context, redis, 'n2', settings);
    await sharing(one, other);
    assert.equal(await flood([one], 8), 8);
    await until('the other knows', async () => (await elsewhere(other)) === 8);
    assert.equal(await takenOver(one, other), 8);
    const { process: id } = await one.asked<Status>('diagnose system enforcer');
    try {
      process.kill(id, 'SIGSTOP');
      await alone(other);
      process.kill(id, 'SIGCONT');
      // Its part, from the first connection on.
      assert.equal(await flood([one], 6, '127.0.0.2'), threshold / 2);
      await sharing(one, other);
      const events = await one.asked<readonly { readonly msg: string }[]>('execute log display event');
      assert.ok(events.some(({ msg }) => msg.includes('has stood still')));
    } finally {
      // Whoever has started the first process waits for the end of its output, which is that of both.
      process.kill(id, 'SIGKILL');
    }
  });

  test('do without a store what on-partition says, and share again when it is back', async (context) => {
    const redis = await Redis.start(context);
    const choices = ['local', 'share', 'closed'];
    const nodes: Node[] = [];
    for (const name of choices) nodes.push(await nodeOf(context, redis, name, settings));
    await sharing(...nodes);
    for (const [place, node] of nodes.entries()) {
      // Without a restart.
      const change = `config system cluster\nset on-partition ${choices[place]}\nend\n`;
      assert.equal((await node.state.here([], change)).status, 0);
    }
    redis.kill('SIGKILL');
    const admitted: number[] = [];
    const known: number[] = [];
    for (const node of nodes) {
      await until('it is cut off', () => standing(node) === 'not shared');
      known.push((await node.status()).counts?.nodes ?? 0);
      admitted.push(await flood([node], 20));
    }
    // Of three, but where the machine is so busy that one has given up another before.
    assert.deepEqual(admitted, [threshold, Math.floor(threshold / (known[1] ?? 0)), 0]);
    const total = admitted.reduce((sum, each) => sum + each, 0);
    await redis.start();
    await sharing(...nodes);
    for (const [place, node] of nodes.entries())
      await until('it knows of all', async () => (await elsewhere(node)) === total - (admitted[place] ?? 0));
    assert.equal(await flood(nodes, 5), 0);

    const [, apart] = nodes;
    assert.ok(apart !== undefined);
    const disable = 'config system cluster\nset share-counts disable\nend\n';
    assert.equal((await apart.state.here([], disable)).status, 0);
    await until('it counts for itself', async () => (await apart.status()).counts === null);
    assert.equal(await flood([apart], 20), threshold - (admitted[1] ?? 0));
  });
});
