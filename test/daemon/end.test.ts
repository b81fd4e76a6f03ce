import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { temporaryFolder } from '../running/folder.ts';
import { newState, policyText } from '../running/levee.ts';
import { play, processOnTerminal } from '../terminal/played.ts';
import { noPseudoTerminal } from '../terminal/pseudo-terminal.ts';

/** What is not over by then never will be: those that it waits for go on for ever, or for minutes. */
const bound = { timeout: 120_000 };

/** A mail server that comes to no end with its first answer, so that no patience with its silence ever ends. */
async function endlessServer(context: TestContext): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.write('220 mail.example.com\r\n');
    socket.once('data', () => {
      const timer = setInterval(() => socket.write('250-and\r\n'), 500);
      socket.once('close', () => clearInterval(timer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { port: address.port, sockets };
}

function mailing(port: number): string {
  return `
config log email-policy
  edit "endless"
    set mailfrom levee@example.com
    set mailto1 oncall@example.com
    set smtp-server 127.0.0.1
    set smtp-port ${port}
    set severity debug
    set connection-security NONE
  next
end
config log trigger-policy
  edit "endless"
    set email-policy "endless"
  next
end
config log event-log
  set trigger-policy "endless"
end
`;
}

suite('the end', { concurrency: 3 }, () => {
  test(
    'of the daemon and of a command waits for no mail server that comes to no end',
    bound,
    async (context) => {
      const state = newState(context);
      const daemon = await state.daemon();
      const { port, sockets } = await endlessServer(context);
      assert.equal((await state.here([], mailing(port))).status, 0);
      await until('the server has accepted', () => sockets.size > 0);
      const { status, stderr } = await daemon.kill('SIGTERM');
      assert.equal(status, 0);
      assert.match(
        stderr,
        /\d+ log records for email policy "endless", .* were not sent in time, and are lost\n$/,
      );
      const command = await state.run(['-c', 'show log event-log']);
      assert.deepEqual([command.status, command.stderr], [0, '']);
    },
  );

  test('of a prompt neither', { ...bound, skip: noPseudoTerminal }, async (context) => {
    const state = newState(context);
    const { port, sockets } = await endlessServer(context);
    const { status } = await play(processOnTerminal(['--state', state.path]), [
      ['wait', 'Levee # '],
      ['do', async () => assert.equal((await state.here([], mailing(port))).status, 0)],
      ['do', () => until('the server has accepted', () => sockets.size > 0)],
      ['type', 'exit\r'],
    ]);
    assert.equal(status, 0);
  });

  test('of a prompt gives connections their time, until somebody has none', {
    ...bound,
    skip: noPseudoTerminal,
  }, async (context) => {
    const state = newState(context);
    const member = await startMember(context);
    const port = await freePort();
    assert.equal((await state.here([], policyText(port, member.port, 5))).status, 0);
    let client: Client | undefined;
    const { status } = await play(processOnTerminal(['--state', state.path]), [
      ['wait', 'Levee # '],
      [
        'do',
        async () => {
          client = new Client('127.0.0.1', port);
          assert.equal(await client.outcome, 'admitted');
        },
      ],
      ['type', 'exit\r'],
      ['wait', 'End the protection of 1 policy?'],
      ['type', 'y'],
      ['wait', '1 connection may go on for 10 seconds; Ctrl-C resets them now'],
      ['type', '\x03'],
    ]);
    assert.equal(status, 0);
    assert.equal(await client?.end, 'ECONNRESET');
  });

  test('waits for no name server that says nothing', bound, (context) => {
    const resolver = join(temporaryFolder(context), 'resolv.conf');
    writeFileSync(resolver, 'nameserver 127.0.0.1\noptions timeout:30 attempts:5\n');
    const driver = join(import.meta.dirname, 'end.driver.ts');
    const script = 'mount --bind "$1" /etc/resolv.conf && ip link set lo up || exit 90; exec "$2" "$3"';
    const { status, stderr } = spawnSync(
      'unshare',
      ['-rmn', 'sh', '-c', script, 'sh', resolver, process.execPath, driver],
      { encoding: 'utf8', timeout: bound.timeout },
    );
    if (status === 1 || status === 90) {
      context.skip(`no name server of its own can be had here: ${stderr.trim()}`);
      return;
    }
    assert.deepEqual([status, stderr], [7, '']);
  });
});
