/** What other limiters get wrong, one case each, as far as no other file here has it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { minimumSources } from '../../src/verdict/table/table.ts';
import { tableUsage } from '../../src/verdict/upkeep/sources.ts';
import { rounds } from '../campaign.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';

function program(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

test('a full sources table: the setting decides, at once, and it is counted', async (context) => {
  const sources = minimumSources;
  const member = await startMember(context);
  const running = start(context, { sources });
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const policy = policyOf({ endpoints, rule: ruleOf({ threshold: 2 }), members: [memberOf(member.port)] });
  await running.workers.apply(snapshotOf(policy));
  for (let host = 0; host < sources; host++) {
    const from = `127.1.${host >> 8}.${host & 255}`;
    assert.deepEqual(await running.open(1, port, '127.0.0.1', from), ['admitted']);
  }
  const counted = { open: 0, closed: 0 };
  for (const tableFull of ['open', 'closed', 'open'] as const) {
    await running.workers.apply({ ...snapshotOf(policy), tableFull });
    const outcome = tableFull === 'open' ? 'admitted' : 'reset';
    assert.deepEqual(await running.open(3, port, '127.0.0.1', '127.0.2.1'), Array(3).fill(outcome));
    counted[tableFull] += 3;
    const { used, fullAdmitted, fullRefused } = tableUsage(running.workers.table);
    assert.deepEqual([used, fullAdmitted, fullRefused], [sources, counted.open, counted.closed]);
  }
  // Who is in the table already is judged as ever.
  assert.deepEqual(await running.open(2, port, '127.0.0.1', '127.1.0.1'), ['admitted', 'reset']);
  // A place that is given back is taken by the next.
  running.clients[3]?.close();
  await until('it has gone', () => tableUsage(running.workers.table).used < sources);
  assert.deepEqual(await running.open(1, port, '127.0.0.1', '127.0.2.9'), ['admitted']);
  assert.equal(tableUsage(running.workers.table).used, sources);
});

test('alert: what a source holds, and what enforcement would have refused, are two numbers', async (context) => {
  const member = await startMember(context);
  const running = start(context);
  const port = await freePort();
  const rule = ruleOf({ threshold: 5, action: 'alert' });
  const endpoints = [{ address: '127.0.0.1', port }];
  await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members: [memberOf(member.port)] })));
  await running.open(12, port);
  for (const client of running.clients.slice(0, 5)) client.close();
  await until('five have gone', () => running.counted === 7);
  assert.deepEqual(await running.open(5, port), Array(5).fill('admitted'));
  const [source] = running.sources();
  assert.deepEqual([source?.open, source?.shadow, source?.peak], [12, 5, 12]);
  await running.workers.stop();
  const lines = [...running.violations, ...running.episodeEnds];
  const total = (of: 'count' | 'wouldRefuse'): number => lines.reduce((sum, line) => sum + line[of], 0);
  assert.deepEqual([total('count'), total('wouldRefuse')], [12, 7]);
});

test('hold N, kill the process, the clients are gone: N are admitted at once by the next', async (context) => {
  const threshold = 5;
  const member = await startMember(context);
  const port = await freePort();
  for (let turn = 0; turn < rounds(2, 20); turn++) {
    const workers = turn % 2 === 0 ? 2 : 4;
    const child = spawn(
      process.execPath,
      [program('one-policy.ts'), ...[port, member.port, threshold, workers].map(String)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    context.after(() => child.kill('SIGKILL'));
    assert.equal(
      (await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()).value,
      'ready',
    );
    const clients: Client[] = [];
    for (let count = 0; count <= threshold; count++) {
      const client = new Client('127.0.0.1', port);
      clients.push(client);
      assert.equal(await client.outcome, count < threshold ? 'admitted' : 'reset');
    }
    child.kill('SIGKILL');
    // On no engine does it look like an end of the server.
    for (const { end } of clients) assert.equal(await end, 'ECONNRESET');
  }
});

test('a member process that is killed: its clients are told, and their places are free', async (context) => {
  const port = await freePort();
  const child = spawn(process.execPath, [program('echo-member.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const running = start(context);
  const members = [memberOf(Number(value))];
  await running.workers.apply(snapshotOf(policyOf({ endpoints: [{ address: '127.0.0.1', port }], members })));
  await running.open(3, port);
  const [busy] = running.clients;
  const chatter = setInterval(() => busy?.socket.write('more'), 5);
  context.after(() => clearInterval(chatter));
  child.kill('SIGKILL');
  await once(child, 'exit');
  await Promise.all(running.clients.map(({ end }) => end));
  // The kernel ends the connections of a dead process in order; who is told so ends too.
  for (const { socket } of running.clients) socket.end();
  await running.untilIdle();
});

test('a client that has ended counts until Levee has closed its descriptor: when the server has ended too', async (context) => {
  const member = await startMember(context, (socket) => socket.write('!'));
  const running = start(context);
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const rule = ruleOf({ threshold: 1 });
  await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members: [memberOf(member.port)] })));
  assert.deepEqual(await running.open(1, port), ['admitted']);
  const [socket] = member.sockets;
  socket?.resume();
  running.clients[0]?.close();
  await until('the end is relayed', () => socket?.readableEnded === true);
  assert.deepEqual(await running.open(1, port), ['reset']);
  socket?.end();
  assert.equal(await running.clients[0]?.end, '');
  // Whoever has seen the end may come again at once.
  assert.deepEqual(await running.open(1, port), ['admitted']);
});

test('a member that accepts and never answers: the idle timeout ends it', async (context) => {
  const member = await startMember(context, (socket) => socket.resume());
  const running = start(context);
  const port = await freePort();
  const endpoints = [{ address: '127.0.0.1', port }];
  const policy = policyOf({ endpoints, rule: ruleOf({ threshold: 1 }), members: [memberOf(member.port)] });
  await running.workers.apply({ ...snapshotOf(policy), idleTimeout: 300 });
  const client = new Client('127.0.0.1', port);
  running.clients.push(client);
  client.socket.write('is anybody there?');
  assert.equal(await client.outcome, 'reset');
  await running.untilIdle();
  assert.equal(member.accepted, 1);
});
