import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { softDescriptorLimit } from '../../src/enforcer/sockets/system-calls.ts';
import type { EnforcerReport } from '../../src/system/reports/running.ts';
import { isWhole } from '../campaign.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { LeveeProcess, newState, policyText, type State } from '../running/levee.ts';

/** A server that takes everything and says nothing, in a process with descriptors of its own. */
async function silentServer(context: TestContext): Promise<number> {
  const code = `
    const server = require('node:net').createServer((socket) => socket.on('error', () => {}));
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => console.log(server.address().port));
  `;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  const [line]: Buffer[] = await once(child.stdout, 'data');
  return Number(line?.toString());
}

async function report(state: State): Promise<EnforcerReport> {
  const { stdout } = await state.here(['-c', 'diagnose system enforcer | json']);
  return JSON.parse(stdout);
}

/** The sample has a daemon that may have fewer than this process. */
const fewer = isWhole ? '' : 'ulimit -n 2500; ';

/** Connections that are opened at once: fewer than may wait to be accepted. */
const abreast = 256;

test('as many connections as the descriptors allow are held; each more is reset, counted and told', async (context) => {
  const state = newState(context);
  const port = await freePort();
  const { status } = await state.here([], policyText(port, await silentServer(context), 65_536));
  assert.equal(status, 0);
  const daemon = new LeveeProcess(['/bin/sh', '-c', `${fewer}exec "$@"`, 'sh', ...state.command(['daemon'])]);
  context.after(() => daemon.kill('SIGKILL'));
  await daemon.printed('levee: running in');
  const { descriptors } = await report(state);
  const room = Math.floor(descriptors.limit / 2);
  const more = 200;
  if (room + more > softDescriptorLimit() - 200) {
    context.skip(`this process may not have the ${room + more} descriptors that it takes`);
    return;
  }
  const sockets: Socket[] = [];
  context.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  let reset = 0;
  let opening = 0;
  for (let count = 0; count < room + more; count++) {
    await until('those before are through', () => opening < abreast);
    const socket = connect({ port, host: '127.0.0.1' });
    sockets.push(socket);
    opening++;
    // A reset may be there before this process has seen that it is connected.
    let isOpening = true;
    const decided = (): void => {
      if (isOpening) opening--;
      isOpening = false;
    };
    socket.once('connect', decided);
    socket.on('error', (error) => {
      assert.equal('code' in error && error.code, 'ECONNRESET');
      decided();
      reset++;
    });
  }
  await until('each is decided', () => opening === 0 && reset >= more);

  const full = await report(state);
  assert.equal(full.connections, sockets.filter(({ destroyed }) => !destroyed).length);
  assert.equal(full.descriptors.used, 2 * full.connections);
  assert.ok(
    full.descriptors.used <= descriptors.limit && full.connections >= room - abreast,
    String(full.connections),
  );
  assert.equal(full.descriptors.refused, reset);
  assert.match(daemon.stderr, /connections? (?:was|were) reset: all \d+ descriptors are in use/);

  for (const socket of sockets) socket.destroy();
  let left = full;
  while (left.connections > 0 || left.descriptors.used > 0) left = await report(state);
  assert.equal(left.sources.used, 0);
});
