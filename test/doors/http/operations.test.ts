import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadLanguage } from '../../../src/cli/language/language.ts';
import { freePort } from '../../network/ports.ts';
import { policyText } from '../../running/levee.ts';
import { apiDoor } from './api-client.ts';

const monitor = '/api/v2.0/monitor';
const lists = '/api/v2.0/cmdb/waf/ip-list';

test('a program reads what runs and acts on it; a dialogue is not for it', async (context) => {
  const { call } = await apiDoor(context, policyText(await freePort(), await freePort(), 5));
  const policies = await call('GET', `${monitor}/policy/list`);
  assert.equal(policies.status, 200, JSON.stringify(policies.data));
  const [policy] = Array.isArray(policies.data['results']) ? policies.data['results'] : [];
  assert.equal(policy.policy, 'web');
  const top = await call('GET', `${monitor}/policy/source/list?parameter=web&parameter=top&parameter=5`);
  assert.deepEqual(top.data['results'], []);
  const blocked = await call('POST', `${monitor}/policy/period-blockip/add`, {
    parameters: ['web', '192.0.2.7', 60],
  });
  assert.deepEqual([blocked.status, blocked.data['results']], [200, null], JSON.stringify(blocked.data));
  assert.match(JSON.stringify(blocked.data['notices']), /blocks 192\.0\.2\.7 for 60 s/);
  const list = await call('GET', `${monitor}/policy/period-blockip/list?parameter=web`);
  assert.match(JSON.stringify(list.data), /192\.0\.2\.7/);

  const nobody = await call(
    'GET',
    `${monitor}/policy/session/list?parameter=${encodeURIComponent('no" | x')}`,
  );
  assert.equal(nobody.status, 400, JSON.stringify(nobody.data));
  assert.equal((await call('POST', `${monitor}/policy/list`, {})).status, 405);
  assert.equal((await call('GET', `${monitor}/policy/period-blockip/add`)).status, 405);
  for (const body of [[], 7, { parameters: 'web' }, { parameters: [{}] }, { other: 1 }])
    assert.equal((await call('POST', `${monitor}/policy/period-blockip/add`, body)).status, 400);
  assert.equal((await call('POST', `${monitor}/password`, {})).status, 404);
  assert.equal((await call('POST', `${monitor}/backup/config`, {})).status, 404);
  assert.equal((await call('GET', '/api/v2.0/monitor/system/health')).status, 200);
});

test('a transaction of a program is filled, checked and goes live as a whole', async (context) => {
  const { call } = await apiDoor(context);
  const begun = await call('POST', `${monitor}/config-transaction/start`, {});
  assert.equal(begun.status, 200, JSON.stringify(begun.data));
  const { transaction } = Object(begun.data['results']);
  const within = `transaction=${transaction}`;
  const made = await call('POST', `${lists}?${within}`, { name: 'one' });
  assert.deepEqual([made.status, made.data['changed'], made.data['transaction']], [201, true, transaction]);
  assert.equal((await call('PUT', `${lists}?mkey=one&${within}`, { severity: 'High' })).status, 200);
  const inside = await call('GET', `${lists}?${within}`);
  assert.deepEqual(inside.data['results'], [{ name: 'one', severity: 'High', members: [] }]);
  assert.deepEqual((await call('GET', lists)).data['results'], []);
  const checked = await call('GET', `${monitor}/config-transaction/check?parameter=${transaction}`);
  assert.equal(checked.status, 200, JSON.stringify(checked.data));
  const live = await call('POST', `${monitor}/config-transaction/commit?${within}`, {});
  assert.equal(live.status, 200, JSON.stringify(live.data));
  assert.deepEqual((await call('GET', lists)).data['total'], 1);
  assert.equal((await call('GET', `${lists}?${within}`)).status, 404);
  assert.equal((await call('GET', `${monitor}/config-transaction/diff?${within}`)).status, 404);

  // What takes the own token is said and done, as where an entry is changed: nobody can be asked.
  const back = await call('POST', `${monitor}/revision/rollback`, { parameters: ['1'] });
  assert.equal(back.status, 200, JSON.stringify(back.data));
  assert.equal(Object(back.data['results'])['broughtBack'], 1);
  assert.match(JSON.stringify(back.data['notices']), /warning: your own account .*token:robot.* goes/);
  assert.equal((await call('GET', lists)).status, 401);
});

test('a commit that is to be confirmed holds others back until its program confirms it', async (context) => {
  const { call } = await apiDoor(context);
  const begun = await call('POST', `${monitor}/config-transaction/start`, {});
  const within = `transaction=${Object(begun.data['results']).transaction}`;
  await call('POST', `${lists}?${within}`, { name: 'one' });
  const live = await call('POST', `${monitor}/config-transaction/commit?${within}`, {
    parameters: ['confirmed', 5],
  });
  assert.equal(live.status, 200, JSON.stringify(live.data));
  const held = await call('POST', lists, { name: 'two' });
  assert.equal(held.status, 409, JSON.stringify(held.data));
  assert.match(JSON.stringify(held.data), /"error":"unconfirmed"/);
  assert.equal((await call('POST', `${monitor}/config-transaction/confirm`, {})).status, 200);
  assert.equal((await call('POST', lists, { name: 'two' })).status, 201);
});

test('each operation says what it is to a program', async () => {
  const operations = (await loadLanguage()).operations();
  const wrong = operations.filter(({ api, files }) => files !== undefined && api !== 'console');
  assert.deepEqual(
    wrong.map(({ words }) => words.join(' ')),
    [],
  );
  const acting = operations.filter(
    ({ api, requires }) => api === 'reads' && requires !== 'by-table' && requires.access === 'w',
  );
  assert.deepEqual(
    acting.map(({ words }) => words.join(' ')),
    [],
  );
});
