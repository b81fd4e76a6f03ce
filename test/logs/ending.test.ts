import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import type { Event } from '../../src/events/events.ts';
import { openSockets } from '../network/open-sockets.ts';
import { until } from '../running/condition.ts';
import { openLogs } from './open-logs.ts';
import { emailPolicy, syslogServer } from './settings.ts';

test('at the end a destination that accepts and says nothing is given up, and nothing stays of it', async (context) => {
  const accepted = new Set<Socket>();
  const mute = createServer((socket) => accepted.add(socket.on('error', () => undefined)));
  mute.listen(0, '127.0.0.1');
  await once(mute, 'listening');
  context.after(() => {
    mute.close();
    for (const socket of accepted) socket.destroy();
  });
  const address = mute.address();
  assert.ok(typeof address === 'object' && address !== null);
  const { port } = address;
  const before = openSockets();
  const told: Event[] = [];
  const { logs } = openLogs(
    context,
    {
      eventTrigger: 'all',
      triggers: new Map([['all', [1, 2, 3]]]),
      destinations: new Map([
        ['email', [emailPolicy({ id: 1, policy: 1, port, severity: 'debug' })]],
        ['syslog', [syslogServer({ id: 2, policy: 2, port, protocol: 'tls' })]],
      ]),
    },
    { report: (event) => told.push(event), lastPatience: 30 },
  );
  logs.event({ type: 'stopped' });
  await until('both are connected', () => accepted.size === 2);
  await logs.close();
  await new Promise(setImmediate);
  assert.ok(openSockets() <= before + accepted.size, 'only what the server has accepted is open');
  assert.deepEqual(
    told.map(({ type }) => type),
    ['stopped', 'records-lost', 'records-lost'],
  );
});
