/** What other limiters get wrong, where it takes a configuration: the rest is in test/enforcer/acceptance.test.ts. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { floodRuleChain } from '../../src/cli/operands/flood-rule-chain.ts';
import { Client, type Outcome } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { newState } from '../running/levee.ts';

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);
const threshold = 3;

test('over IPv6, as it is when nothing is said of prefixes: N of a source, after every commit', {
  skip: hasIPv6 ? false : 'this machine has no ::1',
}, async (context) => {
  const state = newState(context);
  const member = await startMember(context);
  const port = await freePort();
  const chain = floodRuleChain({
    name: 'web',
    address: '::1',
    port: String(port),
    server: '127.0.0.1',
    serverPort: String(member.port),
    threshold: String(threshold),
    action: 'alert_deny',
    trigger: null,
  });
  const done = async (text: string): Promise<void> => {
    const { status, stderr } = await state.here([], text);
    assert.equal(status, 0, stderr);
  };
  await done(chain.join('\n'));
  await state.daemonHere();
  const clients: Client[] = [];
  const open = async (count: number): Promise<readonly Outcome[]> => {
    const opened = Array.from({ length: count }, () => new Client('::1', port));
    clients.push(...opened);
    return Promise.all(opened.map(({ outcome }) => outcome));
  };
  assert.deepEqual((await open(threshold + 2)).toSorted(), [
    ...Array(threshold).fill('admitted'),
    'reset',
    'reset',
  ]);
  const rule = 'config waf layer4-connection-flood-check-rule\n';
  for (const change of [
    `${rule}edit "of nobody"\nset layer4-connection-threshold 7\nnext\nend\n`,
    `${rule}edit "web limit"\nset severity High\nnext\nend\n`,
    `${rule}rename "web limit" to "limit of web"\nend\n`,
    chain.join('\n'),
    `config server-policy policy\nedit web\nset tlog enable\nnext\nend\n`,
    'config system global\nset hostname moat\nend\n',
  ]) {
    await done(change);
    assert.deepEqual(await open(1), ['reset'], change);
  }
  const { stdout } = await state.here(['-c', 'diagnose policy source list top 10 | json']);
  const sources: readonly { readonly source: string; readonly open: number }[] = JSON.parse(stdout);
  assert.deepEqual(
    sources.map(({ source, open: held }) => [source, held]),
    [['::/64', threshold]],
  );
  for (const { socket } of clients) socket.destroy();
});
