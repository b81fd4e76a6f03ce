import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { Authority } from '../network/authority.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { temporaryFolder } from '../running/folder.ts';
import { newState, policyText } from '../running/levee.ts';
import { Redis, storePrograms, withRedis } from '../running/redis.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'cluster.md'), 'utf8');

/** What the page says that a login must be allowed to. */
function documentedCommands(): readonly string[] {
  const [, listed = ''] = /the commands are ((?:`[A-Z]+`(?:, | and )?)+)/.exec(page) ?? [];
  const commands = [...listed.matchAll(/`([A-Z]+)`/g)].map(([, command = '']) => command.toLowerCase());
  assert.ok(commands.length > 5, 'the page names the commands');
  return commands;
}

suite('a store by TLS', withRedis, () => {
  for (const program of storePrograms)
    test(`is reached with an authority, a certificate, and a login of just what is needed: ${program}`, async (context) => {
      const folder = temporaryFolder(context);
      const [authority, stranger] = [new Authority(folder, 'authority'), new Authority(folder, 'stranger')];
      const [server, node] = [authority.issue('server'), authority.issue('node')];
      const port = await freePort();
      const allowed = documentedCommands().map((command) => `+${command}`);
      const redis = await Redis.of(context, program, [
        ...['--tls-port', String(port), '--tls-auth-clients', 'yes'],
        ...['--tls-cert-file', server.certFile, '--tls-key-file', server.keyFile],
        ...['--tls-ca-cert-file', authority.own.certFile],
        ...['--user', 'levee', 'on', '>a password', '~edge:*', '&edge:*', '-@all', ...allowed],
      ]);
      const count = (hash: string): number => Number(redis.ask('hlen', `edge:${hash}`));

      const state = newState(context);
      const configured = async (...settings: readonly string[]): Promise<void> => {
        const lines = [
          ...['config system cluster', 'set status enable', 'set node-name n1', 'set key-prefix edge'],
          ...['set key "a key that all nodes have"', 'config server-list', 'edit 1', 'set server 127.0.0.1'],
          ...[`set port ${port}`, 'set tls enable', 'set username levee', ...settings],
          ...['set password "a password"', 'next', 'end', 'end', ''],
        ];
        const { status, stderr } = await state.here([], lines.join('\n'));
        assert.deepEqual([status, stderr], [0, '']);
      };
      const status = async (): Promise<{ readonly state: string; readonly reason: string }> => {
        const { stdout } = await state.here(['-c', 'diagnose cluster status | json']);
        return JSON.parse(stdout);
      };
      await state.here([], policyText(await freePort(), await freePort(), 2));
      await configured(`set ca "${stranger.own.cert}"`);
      const daemon = await state.daemonHere();
      await until('it refuses a server of a strange authority', async () =>
        (await status()).reason.includes('certificate'),
      );
      await configured(`set ca "${authority.own.cert}"`);
      await until('the server refuses who shows nothing', async () =>
        (await status()).reason.endsWith(': tlsv13 alert certificate required'),
      );
      await configured(`set certificate "${node.cert}"`, `set private-key "${node.key}"`);
      await until('it is there', async () => (await status()).state === 'connected');
      const blocked = await state.here(['-c', 'diagnose policy period-blockip add web 192.0.2.1 60']);
      assert.deepEqual([blocked.status, blocked.stderr], [0, '']);
      await until('its block is told', () => count('blocks') === 1);
      assert.equal(count('nodes'), 1);
      await daemon.stop();
      assert.equal(count('nodes'), 0);
    });
});
