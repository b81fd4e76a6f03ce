import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { rounds } from '../../campaign.ts';
import { apiDoor, type Data } from './api-client.ts';
import { asker, type Described, describedIn, listOf, objectOf, resultsOf } from './described.ts';

const examples = join(import.meta.dirname, '..', '..', '..', 'docs', 'examples');
const configuration = '/api/v2.0/cmdb/';
const monitor = '/api/v2.0/monitor/';

const hostile = [
  '',
  '../..',
  '\u0000',
  '\u202e<img onerror=1>',
  'x'.repeat(3000),
  '"; | json',
  '0',
  '-1',
  '\ud800',
];

/** Bodies that fit nothing, or only what they are called by. */
function wrongBodies({ body = {} }: Described): readonly unknown[] {
  const names = Object.keys(objectOf(body['properties']));
  const all = (value: unknown): unknown => Object.fromEntries(names.map((name) => [name, value]));
  return [
    null,
    [],
    'text',
    {},
    all({ a: [] }),
    all([[]]),
    all(true),
    all(1e300),
    all(hostile[3]),
    { ...Object(all('0')), __proto__: null, constructor: 'x' },
  ];
}

test('the description is one, and no request that it leads to is more than refused', async (context) => {
  const { call, port, token } = await apiDoor(context);
  const { status, data: description } = await call('GET', '/api/openapi.json');
  assert.equal(status, 200);
  const { valid, errors } = await new Validator().validate({ ...description });
  assert.equal(valid, true, JSON.stringify(errors));
  const described = describedIn(description);
  assert.ok(described.length > 150);
  const ids = Object.values(objectOf(description['paths'])).flatMap((methods) =>
    Object.values(objectOf(methods)).map((each) => objectOf(each)['operationId']),
  );
  assert.equal(new Set(ids).size, ids.length);

  const ask = asker(context, port);
  const known = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  for (const [index, each] of described.entries()) {
    // A sample leaves most out.
    if (index % rounds(5, 1) !== 0) continue;
    const { path, method } = each;
    const refusals: readonly (readonly [number, Readonly<Record<string, string>>])[] = [
      [401, { 'Content-Type': 'application/json' }],
      [401, { ...known, Authorization: 'Bearer levee_x' }],
      [421, { ...known, Host: 'evil.example' }],
      [403, { ...known, Origin: 'http://evil.example' }],
      [403, { ...known, 'Sec-Fetch-Site': 'cross-site' }],
    ];
    for (const [wanted, headers] of refusals) {
      const [answered, text] = await ask({ method, target: path, headers });
      assert.equal(answered, wanted, `${method} ${path} ${JSON.stringify(headers)}`);
      assert.match(text, /^\{"errors":\[\{"error":/);
    }
    const encoded = path.replace(/\/(?=[^/]+$)/, '%2f');
    assert.equal((await ask({ method, target: encoded, headers: known }))[0], 400);

    const all = each.body === undefined ? [undefined] : wrongBodies(each);
    const bodies = all.filter((_, at) => (at + index) % all.length < rounds(3, all.length));
    for (const [at, body] of bodies.entries()) {
      const word = (hostile[(index + at) % hostile.length] ?? '').toWellFormed();
      const isTable = path.startsWith(configuration);
      const query = new URLSearchParams(isTable ? each.needs.map((name) => [name, word]) : []);
      if (isTable && each.body !== undefined) query.set('dry-run', '');
      else if (isTable) query.set('mkey', word);
      // What acts does nothing: its words are too many.
      const given = isTable ? body : { parameters: Array.from({ length: 30 }, () => word) };
      const target = `${path}?${query}`;
      const [answered, text] = await ask({
        method,
        target,
        headers: known,
        body: each.body === undefined ? undefined : JSON.stringify(given),
      });
      assert.ok(answered >= 200 && answered < 500, `${method} ${target}: ${answered} ${text}`);
      const errors = listOf(objectOf(JSON.parse(text))['errors']);
      assert.equal(errors.length > 0, answered >= 300, text);
      for (const error of errors) assert.ok('expected' in objectOf(error), text);
    }
  }
  const huge = await ask({
    method: 'PUT',
    target: `${configuration}system/global`,
    headers: known,
    body: `{"hostname":"${'x'.repeat(2 ** 20)}"}`,
  }).catch((error: unknown) => error);
  assert.ok(huge instanceof Error || objectOf(huge)[0] === 413);
  assert.equal(
    (await ask({ method: 'PUT', target: `${configuration}system/global`, headers: known, body: '{' }))[0],
    400,
  );
  const text = { ...known, 'Content-Type': 'text/plain' };
  assert.equal(
    (await ask({ method: 'PUT', target: `${configuration}system/global`, headers: text, body: '{}' }))[0],
    415,
  );
});

/** What lets the program in is not taken away, and what nobody can change is left. */
const kept = new Set(['system/admin', 'system/accprofile', 'system/access-door', 'system/api-token']);

test('a program that knows the description alone takes the configuration apart and puts it together', async (context) => {
  const { call, state } = await apiDoor(context);
  const files = readdirSync(examples)
    .filter((_, at) => at % rounds(3, 1) === 0)
    .map((name) => join(examples, name));
  const imported = await state.here(['import', '--keep-going', ...files]);
  const shown = async (): Promise<string> => (await state.here(['-c', 'show full-configuration'])).stdout;
  const before = await shown();
  assert.match(before, /edit "/, imported.stderr);
  const description: Data = (await call('GET', '/api/openapi.json')).data;
  const described = describedIn(description);
  const can = (path: string, method: string): boolean =>
    described.some((each) => each.path === path && each.method === method);
  const tables = [...new Set(described.map(({ path }) => path))].filter(
    (path) => path.startsWith(configuration) && can(path, 'PUT'),
  );
  const top = tables.filter((path) => !tables.some((other) => path.startsWith(`${other}/`)));
  const begun = await call('POST', `${monitor}config-transaction/start`, {});
  const within = `transaction=${objectOf(begun.data['results'])['transaction']}`;
  const done = async (...[method, target, body]: Parameters<typeof call>): Promise<Data> => {
    const { status, data } = await call(method, target, body);
    assert.ok(status < 300, `${method} ${target} ${JSON.stringify(data)}`);
    return data;
  };
  const rows = new Map<string, readonly Data[]>();
  for (const path of top) rows.set(path, await resultsOf(call, path));
  const whole = top.filter((path) => can(path, 'POST') && !kept.has(path.slice(configuration.length)));
  const isPredefined = (data: Data): boolean => JSON.stringify(data).includes('"read-only"');
  const single = top.filter((each) => !can(each, 'POST'));
  for (const path of single) {
    const body = described.find((each) => each.path === path && each.method === 'PUT')?.body;
    const properties = Object.entries(objectOf(body?.['properties']));
    const none = properties.map(([name, schema]) => [name, 'anyOf' in objectOf(schema) ? null : []]);
    await done('PUT', `${path}?${within}`, Object.fromEntries(none));
  }
  for (const path of whole.toReversed()) {
    for (const row of rows.get(path) ?? []) {
      const key = encodeURIComponent(String(row['name'] ?? row['id']));
      const { status, data } = await call('DELETE', `${path}?mkey=${key}&${within}`);
      if (isPredefined(data))
        rows.set(
          path,
          (rows.get(path) ?? []).filter((each) => each !== row),
        );
      else assert.ok(status < 300, `${path} ${JSON.stringify(data)}`);
    }
  }
  for (const path of whole)
    for (const row of rows.get(path) ?? []) await done('POST', `${path}?${within}`, row);
  for (const path of single) await done('PUT', `${path}?${within}`, rows.get(path)?.[0]);
  await done('POST', `${monitor}config-transaction/commit?${within}`, {});
  assert.equal(await shown(), before);
  for (const path of top.filter((each) => !kept.has(each.slice(configuration.length)))) {
    for (const row of rows.get(path) ?? []) {
      const key = can(path, 'POST') ? `mkey=${encodeURIComponent(String(row['name'] ?? row['id']))}&` : '';
      const again = await done('PUT', `${path}?${key}dry-run`, row);
      assert.equal(again['changed'], false, `${path} ${JSON.stringify(again)}`);
    }
  }
});
