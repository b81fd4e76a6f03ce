import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from '../../network/ports.ts';
import { policyText } from '../../running/levee.ts';
import { type ApiReply, apiDoor, callerOf, tokenFor } from './api-client.ts';
import { listOf } from './described.ts';

const base = '/api/v2.0/cmdb';
const lists = `${base}/waf/ip-list`;

function errorsOf({ data }: ApiReply): readonly unknown[] {
  return Array.isArray(data['errors']) ? data['errors'] : [];
}

/** What a program decides by. */
function shortErrors(reply: ApiReply): readonly unknown[] {
  return [
    reply.status,
    ...errorsOf(reply).map((each) => {
      const { error, path, field } = Object(each);
      return [error, path, field];
    }),
  ];
}

test('a program reads, makes, changes and deletes entries; what it says again changes nothing', async (context) => {
  const { call } = await apiDoor(context);
  const made = await call('POST', lists, { name: 'office', members: [{ ip: '192.0.2.1' }, { ip: '::1' }] });
  assert.deepEqual([made.status, made.data['changed']], [201, true], JSON.stringify(made.data));
  const row = {
    name: 'office',
    members: [
      { id: 1, ip: '192.0.2.1' },
      { id: 2, ip: '::1' },
    ],
  };
  const read = await call('GET', `${lists}?mkey=office`);
  assert.deepEqual(read.data['results'], [row]);
  assert.equal(read.headers.get('etag'), `"${read.data['revision']}"`);
  const again = await call('PUT', `${lists}?mkey=office`, row);
  assert.deepEqual(
    [again.status, again.data['changed'], again.data['revision']],
    [200, false, read.data['revision']],
  );

  const dry = await call('PUT', `${lists}?mkey=office&dry-run`, { action: 'block-period' });
  assert.deepEqual([dry.status, dry.data['changed'], dry.data['dryRun']], [200, true, true]);
  assert.deepEqual((await call('GET', `${lists}?mkey=office`)).data['results'], [row]);
  const changed = await call('PUT', `${lists}?mkey=office`, { action: 'block-period', severity: 'High' });
  assert.equal(changed.data['changed'], true);
  assert.equal((await call('PUT', `${lists}?mkey=office`, { action: null, severity: null })).status, 200);
  assert.deepEqual((await call('GET', `${lists}?mkey=office`)).data['results'], [row]);

  const member = `${lists}/members`;
  assert.equal((await call('POST', `${member}?mkey=office`, { ip: '192.0.2.9' })).status, 201);
  assert.equal((await call('PUT', `${member}?mkey=office&sub_mkey=3`, { type: 'black-ip' })).status, 200);
  assert.deepEqual((await call('GET', `${member}?mkey=office&sub_mkey=3`)).data['results'], [
    { id: 3, type: 'black-ip', ip: '192.0.2.9' },
  ]);
  assert.equal((await call('DELETE', `${member}?mkey=office&sub_mkey=1`)).status, 200);
  assert.deepEqual((await call('GET', `${member}?mkey=office`)).data['total'], 2);

  await call('POST', lists, { name: 'home' });
  await call('PUT', `${lists}?mkey=home&before=office`, { name: 'house' });
  const all = await call('GET', lists);
  const names = Array.isArray(all.data['results'])
    ? all.data['results'].map((each) => Object(each).name)
    : [];
  assert.deepEqual(names, ['house', 'office']);
  assert.equal((await call('DELETE', `${lists}?mkey=house`)).status, 200);

  const global = `${base}/system/global`;
  assert.equal((await call('PUT', global, { hostname: 'edge-9' })).data['changed'], true);
  assert.equal((await call('PUT', global, { hostname: 'edge-9' })).data['changed'], false);
  const admin = `${base}/system/admin?mkey=admin`;
  for (const changed of [true, false])
    assert.equal((await call('PUT', admin, { password: 'correct horse 7' })).data['changed'], changed);
  const [account] = listOf((await call('GET', admin)).data['results']);
  assert.equal((await call('PUT', admin, account)).data['changed'], false);
  assert.equal(Object((await call('GET', `${global}?full`)).data['results']).hostname, 'edge-9');
  const [last] = listOf((await call('GET', '/api/v2.0/monitor/revision/list')).data['results']);
  const { user, from } = Object(last);
  assert.deepEqual([user, from], ['token:robot', 'http(127.0.0.1)']);
});

test('what is wrong is told as the command line tells it, with its path and field', async (context) => {
  const { call } = await apiDoor(context);
  await call('POST', lists, { name: 'office' });
  const refused = async (...[method, target, body]: Parameters<typeof call>): Promise<readonly unknown[]> =>
    shortErrors(await call(method, target, body));
  const rules = `${base}/waf/layer4-connection-flood-check-rule`;
  const put = `${lists}?mkey=office`;
  assert.deepEqual(await refused('GET', `${lists}?mkey=nobody`), [
    404,
    ['not-found', ['waf ip-list', 'nobody'], 'name'],
  ]);
  const { data } = await call('GET', `${base}/waf/ip-lists`);
  const why = { message: 'there is nothing of this path', expected: '' };
  const empty = { returnCode: null, path: [], field: null, nearest: null };
  assert.deepEqual(data, { errors: [{ error: 'http', ...why, ...empty }] });
  assert.deepEqual(await refused('POST', lists, { name: 'office' }), [
    409,
    ['exists', ['waf ip-list', 'office'], 'name'],
  ]);
  assert.deepEqual(await refused('PUT', put, { action: 'drop', 'block-period': 601, severty: 'High' }), [
    400,
    ['invalid-value', ['waf ip-list', 'office'], 'action'],
    ['invalid-value', ['waf ip-list', 'office'], 'block-period'],
    ['unknown-word', ['waf ip-list', 'office'], 'severty'],
  ]);
  assert.deepEqual(await refused('PUT', put, { members: [{ ip: '192.0.2.300' }, {}] }), [
    400,
    ['not-an-address', ['waf ip-list', 'office', 'members', '1'], 'ip'],
    ['must-be-set', ['waf ip-list', 'office', 'members', '2'], 'ip'],
  ]);
  assert.deepEqual(await refused('PUT', put, { 'trigger-policy': 'nobody' }), [
    400,
    ['not-found', ['waf ip-list', 'office'], 'trigger-policy'],
  ]);
  assert.deepEqual(await refused('PUT', put, { severity: ['High'] }), [
    400,
    ['invalid-value', ['waf ip-list', 'office'], 'severity'],
  ]);
  await call('POST', rules, { name: 'r' });
  const profile = `${base}/waf/web-protection-profile/inline-protection`;
  const dos = `${base}/waf/application-layer-dos-prevention`;
  await call('POST', dos, { name: 'd', 'layer4-connection-flood-check-rule': 'r' });
  assert.equal((await call('DELETE', `${rules}?mkey=r`)).status, 409, profile);
  assert.deepEqual(await refused('PUT', put, { name: 'a'.repeat(70) }), [
    400,
    ['too-long', ['waf ip-list', 'office'], 'name'],
  ]);
  const secret = await call('PUT', `${base}/system/admin?mkey=admin`, { password: 'hunter2' });
  assert.equal(secret.status, 400);
  assert.doesNotMatch(JSON.stringify(secret.data), /hunter2/);
});

test('If-Match refuses what is meant for another revision, and a transaction goes live as a whole', async (context) => {
  const { call, state, port } = await apiDoor(context);
  const { headers } = await call('POST', lists, { name: 'one' });
  const etag = headers.get('etag') ?? '';
  assert.equal(
    (await call('PUT', `${lists}?mkey=one`, { severity: 'High' }, { 'If-Match': etag })).status,
    200,
  );
  const stale = await call('PUT', `${lists}?mkey=one`, { severity: 'Low' }, { 'If-Match': etag });
  assert.deepEqual([stale.status, shortErrors(stale)[1]], [412, ['stale', [], null]]);
  const names = ['two', 'three', 'four', 'five', 'six'];
  const made = await Promise.all(names.map((name) => call('POST', lists, { name })));
  const tags = made.map((reply) => reply.headers.get('etag'));
  assert.equal(new Set(tags).size, names.length, `each is told its own revision, not one of others: ${tags}`);
  assert.equal((await call('PUT', `${lists}?mkey=one`, {}, { 'If-Match': 'W/"x"' })).status, 400);
  assert.equal((await call('GET', `${lists}?transaction=7`)).status, 404);

  await state.here([
    '-c',
    'config system accprofile',
    '-c',
    'edit readers',
    '-c',
    'set wafgrp r',
    '-c',
    'end',
  ]);
  await state.here([
    '-c',
    'execute api-token create reader',
    '-c',
    'config system api-token',
    '-c',
    'edit reader',
    '-c',
    'set access-profile readers',
    '-c',
    'end',
  ]);
  const reader = callerOf(port, await tokenFor(state, 'reader'));
  assert.equal((await reader('GET', lists)).status, 200);
  assert.deepEqual(shortErrors(await reader('PUT', `${lists}?mkey=one`, { severity: 'Low' })), [
    403,
    ['permission', ['waf ip-list', 'one'], 'severity'],
  ]);
  assert.equal((await reader('GET', `${base}/system/admin`)).status, 403);
  assert.equal((await reader('GET', `${base}/system/global`)).status, 403);
});

test('a policy that a program has made serves by the time that it hears so', async (context) => {
  const port = await freePort();
  const { call, state } = await apiDoor(context, policyText(port, await freePort(), 5));
  const policy = `${base}/server-policy/policy?mkey=web`;
  assert.equal((await call('PUT', policy, { status: 'disable' })).status, 200);
  const listening = async (): Promise<unknown> => {
    const { stdout } = await state.here(['-c', 'diagnose policy list | json']);
    return JSON.parse(stdout)[0].listeners.map((each: unknown) => Object(each).state);
  };
  assert.deepEqual(await listening(), []);
  assert.equal((await call('PUT', policy, { status: 'enable' })).status, 200);
  assert.deepEqual(await listening(), ['listening']);
});

test('a token that is revoked, expired, or of another host lets nobody in', async (context) => {
  const { call, state, port, token } = await apiDoor(context);
  const own = await call('PUT', `${base}/system/api-token?mkey=robot&dry-run`, {
    trusthostv4: ['192.0.2.0/24'],
  });
  assert.deepEqual(own.data['notices'], [
    'warning: your own account is no longer trusted at 127.0.0.1, where you are',
  ]);
  const run = async (...lines: readonly string[]): Promise<void> => {
    const { status, stderr } = await state.here(lines.flatMap((line) => ['-c', line]));
    assert.equal(status, 0, stderr);
  };
  assert.equal((await call('GET', lists)).status, 200);
  for (const other of ['', `${token}x`, token.slice(0, -1), 'levee_'.padEnd(token.length, 'A')])
    assert.equal((await callerOf(port, other)('GET', lists)).status, 401);
  assert.match(
    JSON.stringify(await callerOf(port, 'unknown')('GET', lists)),
    /this token lets nobody in here/,
  );
  const edit = ['config system api-token', 'edit robot'];
  await run(...edit, 'set trusthostv4 192.0.2.0/24', 'end');
  assert.equal((await call('GET', lists)).status, 401);
  await run(...edit, 'unset trusthostv4', 'set expires 2020-01-01', 'end');
  assert.equal((await call('GET', lists)).status, 401);
  await run(...edit, 'unset expires', 'end');
  assert.equal((await call('GET', lists)).status, 200);
  const { stdout } = await state.here(['-c', 'execute log display event | grep "not log in"']);
  assert.match(stdout, /Somebody could not log in from http\(127\.0\.0\.1\): there is no such token/);
  assert.match(stdout, /User token:robot could not log in .*: that host is not trusted/);
  assert.match(stdout, /User token:robot could not log in .*: the token has expired/);
  assert.doesNotMatch(stdout, /levee_/);
  const wide = await state.here([
    '-c',
    'config system access-door',
    '-c',
    'edit api',
    '-c',
    'set address ::',
    '-c',
    'end',
  ]);
  assert.match(wide.stderr, /"set tls enable", since :: can be reached from other machines/);
  await run('execute api-token revoke robot');
  assert.equal((await call('GET', lists)).status, 401);
});
