import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chains, memberStatusLines, type Row } from '../../src/page/policies/chain.ts';
import { apiDoor } from '../doors/http/api-client.ts';
import { freePort } from '../network/ports.ts';
import { policyText } from '../running/levee.ts';

test('a policy is shown with all that it leads to, and its commands are ones that are taken', async (context) => {
  const port = await freePort();
  const { state, call } = await apiDoor(context, policyText(port, 9, 12));
  const rows = async (path: string): Promise<readonly Row[]> => {
    const { results } = (await call('GET', `/api/v2.0/cmdb/${path}?full`)).data;
    return Array.isArray(results) ? results : assert.fail(path);
  };
  const tables = {
    policies: await rows('server-policy/policy'),
    profiles: await rows('waf/web-protection-profile/inline-protection'),
    preventions: await rows('waf/application-layer-dos-prevention'),
    rules: await rows('waf/layer4-connection-flood-check-rule'),
    pools: await rows('server-policy/server-pool'),
  };
  const { stdout } = await state.here(['-c', 'diagnose policy list | json']);
  const [chain] = chains(tables, JSON.parse(stdout));
  assert.deepEqual(
    chain?.links.map(({ name }) => name),
    ['web protection', 'web prevention', 'web limit'],
  );
  assert.equal(chain?.rule?.['layer4-connection-threshold'], 12);
  assert.deepEqual([chain?.pool, chain?.isEnabled, chain?.missingLink], ['web servers', true, '']);
  const [member] = chain?.members ?? [];
  assert.deepEqual(
    [member?.key, member?.member, member?.status, member?.running?.member],
    ['1', '127.0.0.1:9', 'enable', '127.0.0.1:9'],
  );
  const pool = { ...tables.pools[0], 'pserver-list': [{ id: 1 }, { id: 2, ip: '127.0.0.1', port: 9 }] };
  const [only] = chains({ ...tables, pools: [pool] }, JSON.parse(stdout));
  assert.deepEqual(
    only?.members.map(({ isLeftOut, running }) => [isLeftOut, running?.member]),
    [
      [false, undefined],
      [true, undefined],
    ],
    'without server-balance the first member is all',
  );
  const lines = memberStatusLines('web servers', '1', 'maintain');
  const done = await state.here([], `${lines.join('\n')}\n`);
  assert.deepEqual([done.status, done.stderr], [0, '']);
  assert.match((await state.here(['-c', 'show server-policy server-pool'])).stdout, /set status maintain/);

  // Who may not read the tables of a link sees the rule that runs by its name.
  const [hidden] = chains({ ...tables, profiles: null, preventions: null, rules: null }, JSON.parse(stdout));
  assert.deepEqual([hidden?.links.at(-1)?.name, hidden?.rule], ['web limit', null]);
});
