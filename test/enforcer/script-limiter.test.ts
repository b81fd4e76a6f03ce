import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, type Outcome } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';
import { scriptsOf } from '../running/scripted.ts';

const threshold = 7;
const sources = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];

/** The rule of a policy, written as a script: each worker counts in what all of them share. */
const limiter = `
when TCP_ACCEPTED {
  local source = IP:client_addr()
  PROXY:atomic_counter_create(source)
  if PROXY:atomic_counter_inc(source) > ${threshold} then TCP:reject() end
  log("accepted")
}
when TCP_CLOSED { PROXY:atomic_counter_sub(IP:client_addr(), 1) log("closed") }`;

/** Like mulberry32: the same traffic each time. */
function randomFrom(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

test('the limiter of a source as a script gives the verdicts of the rule, over two workers', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const [ruled, scripted] = [await freePort(), await freePort()];
  const endpoint = (port: number) => [{ address: '127.0.0.1', port }];
  const members = [memberOf(member.port)];
  await running.workers.apply(
    snapshotOf(
      policyOf({ id: 1, endpoints: endpoint(ruled), members, rule: ruleOf({ threshold: threshold }) }),
      policyOf({ id: 2, endpoints: endpoint(scripted), members, scripts: scriptsOf(limiter) }),
    ),
  );
  const said = (what: string): number =>
    running.told('script-said').filter(({ message }) => message === what).length;
  /** Counts of policy 2 are as they would be under the rule: TCP_CLOSED has run, too. */
  const settled = async (held: number): Promise<void> => {
    await until('every connection that is over has been given back', () => running.connections === 2 * held);
  };
  const open = async (port: number, source: string): Promise<[Client, Outcome]> => {
    const client = new Client('127.0.0.1', port, source);
    running.clients.push(client);
    return [client, await client.outcome];
  };

  const random = randomFrom(7);
  const held = new Map<number, [Client, Client][]>(sources.map((_, index) => [index, []]));
  const total = (): number => [...held.values()].flat().length;
  const verdicts: [Outcome, Outcome][] = [];
  for (let step = 0; step < 250; step++) {
    const index = random(sources.length);
    const mine = held.get(index) ?? [];
    const source = sources[index] ?? '';
    if (random(5) < 3) {
      const [[one, verdict], [other, scriptVerdict]] = [
        await open(ruled, source),
        await open(scripted, source),
      ];
      verdicts.push([verdict, scriptVerdict]);
      if (verdict === 'admitted') mine.push([one, other]);
    } else {
      const [pair] = mine.splice(random(Math.max(1, mine.length)), 1);
      for (const client of pair ?? []) {
        if (random(2) === 0) client.close();
        else client.socket.destroy();
      }
    }
    await settled(total());
  }
  assert.deepEqual(
    verdicts.map(([, scriptVerdict]) => scriptVerdict),
    verdicts.map(([verdict]) => verdict),
  );
  assert.ok(
    verdicts.some(([verdict]) => verdict === 'reset') && verdicts.some(([verdict]) => verdict === 'admitted'),
  );
  for (const client of running.clients) client.socket.destroy();
  await running.untilIdle();

  // All at once, until both workers have had some of it.
  const admitted = (): readonly number[] => running.workers.status().counts.map((counts) => counts.admitted);
  const before = admitted();
  await until('both workers have taken part', async () => {
    const clients = sources.flatMap((source) =>
      Array.from({ length: 3 * threshold }, () => new Client('127.0.0.1', scripted, source)),
    );
    running.clients.push(...clients);
    const outcomes = await Promise.all(clients.map(({ outcome }) => outcome));
    assert.equal(outcomes.filter((outcome) => outcome === 'admitted').length, sources.length * threshold);
    for (const { socket } of clients) socket.destroy();
    await running.untilIdle();
    return admitted().every((count, index) => count > (before[index] ?? 0));
  });
  assert.ok(said('accepted') > 0);
});
