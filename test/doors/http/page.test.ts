import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { suite, test } from 'node:test';
import { codeOf, fromBase32 } from '../../../src/access/one-time-codes.ts';
import { pageLimits } from '../../../src/doors/http/page/limits.ts';
import { freePort } from '../../network/ports.ts';
import type { Data } from './api-client.ts';
import { pageOfSuite, password, record } from './page-client.ts';
import { rawRequest, requestText } from './raw-request.ts';

suite('the page', () => {
  const door = pageOfSuite();

  test('who has not logged in sees a login, and reaches nothing', async () => {
    const page = await rawRequest(door.port, requestText('/'));
    assert.equal(page.status, 200);
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; script-src 'self';/,
    );
    assert.match(page.headers.get('content-security-policy') ?? '', /require-trusted-types-for 'script'/);
    assert.equal(page.headers.get('cache-control'), 'no-store');
    assert.deepEqual((await door.ask('GET', '/page/session')).data, { session: null });
    for (const path of [
      '/page/cmdb/system/admin',
      '/page/monitor/system/status',
      '/page/live?topics=measured',
      '/page/cmdb/log/trigger-policy',
    ])
      assert.equal((await door.ask('GET', path)).status, 401, path);
    for (const path of ['/page/run', '/page/logout'])
      assert.equal((await door.ask('POST', path, { lines: ['get system status'] })).status, 401, path);
    const encoded = [
      '/page/%63mdb/system/admin',
      '/page/cmdb%2fsystem/admin',
      '/page/./cmdb/system/admin',
      '/page/login/../cmdb/system/admin',
      '/code/page/../../package.json',
      '/code/page/%2e%2e/doors/door.ts',
      '/code/doors/door.ts',
      '/code/page/messages.ts/',
      '/packages/',
      '/api/v2.0/cmdb/system/admin',
      '/metrics',
    ];
    for (const path of encoded) {
      const { status } = await rawRequest(door.port, requestText(path));
      assert.ok(status === 400 || status === 404, `${path}: ${status}`);
    }
  });

  test('whole it is small, and nothing of it names the types that it was written in', async () => {
    const { body } = await rawRequest(door.port, requestText('/'));
    const paths = ['/', ...[...body.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path = '']) => path)];
    let size = 0;
    for (const path of new Set(paths)) {
      const reply = await rawRequest(door.port, requestText(path, { 'Accept-Encoding': 'gzip, br' }));
      assert.equal(reply.status, 200, path);
      assert.equal(reply.headers.get('content-encoding'), 'br', path);
      size += Number(reply.headers.get('content-length'));
    }
    assert.ok(paths.length > 20);
    assert.ok(size < 100 * 1024, `${size} bytes`);
    const code = await rawRequest(door.port, requestText('/code/page/main.ts'));
    assert.equal(code.headers.get('content-type'), 'text/javascript; charset=utf-8');
    assert.doesNotMatch(code.body, /import type|: View/);
    assert.match(code.body, /from '\/packages\/htm\/preact\.js'/);
  });

  test('a login gives a cookie that scripts and other sites do not get, and a new one each time', async () => {
    const reply = await door.ask('POST', '/page/login', { name: 'operator', password });
    const cookie = reply.headers.get('set-cookie') ?? '';
    assert.match(cookie, new RegExp(`^levee-${door.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`));
    const first = await door.login('operator');
    const before = first.cookie;
    const again = await first.ask('POST', '/page/login', { name: 'operator', password });
    const after = (again.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    assert.notEqual(before, after);
    assert.equal(await first.session(), null, 'the one before is over');
    const state = await door.ask('GET', '/page/session', undefined, { Cookie: after });
    assert.equal(Object(state.data['session']).name, 'operator');
    assert.equal(Object(state.data['session']).permissions.wafgrp, 'rw');
    assert.deepEqual(
      (await door.ask('GET', '/page/session', undefined, { Cookie: `${after}; ${before}` })).data,
      { session: null },
      'two of one name are none',
    );
    const own = await door.login('operator');
    const out = await own.ask('POST', '/page/logout', {});
    assert.match(out.headers.get('set-cookie') ?? '', /=; .*Max-Age=0/);
    assert.equal(await own.session(), null);
  });

  test('over TLS the cookie is for this host and TLS alone', async () => {
    const port = await freePort();
    await door.console(
      'config system access-door',
      'edit "tls"',
      'set type page',
      'set status enable',
      'set tls enable',
      `set port ${port}`,
      'end',
    );
    const body = JSON.stringify({ name: 'operator', password });
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      Origin: `https://127.0.0.1:${port}`,
      'Sec-Fetch-Site': 'same-origin',
    };
    const ca = await door.console('get system http-certificate');
    const asked = request({
      host: '127.0.0.1',
      port,
      path: '/page/login',
      method: 'POST',
      headers,
      ca,
      agent: false,
    });
    asked.end(body);
    const [response] = await once(asked, 'response');
    response.resume();
    assert.match(
      response.headers['set-cookie'][0],
      new RegExp(`^__Host-levee-${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Secure$`),
    );
  });

  test('nobody on another machine is let near it without TLS and hosts that may come', async () => {
    const open = async (...more: readonly string[]): Promise<string> => {
      const lines = [
        'config system access-door',
        'edit "wide"',
        'set type page',
        'set status enable',
        'set address ::',
      ];
      const { status, stderr } = await door.state.here(
        ['import', '-'],
        [...lines, ...more, 'end', ''].join('\n'),
      );
      assert.equal(status, 1);
      return stderr;
    };
    assert.match(await open(), /"set tls enable", since :: can be reached from other machines/);
    assert.match(await open('set tls enable'), /"set trusthostv6" with who may come to it/);
  });

  test('what changes something comes from the page itself, in JSON, with its token', async () => {
    const user = await door.login('operator');
    const order = { lines: ['get system status'] };
    const refused: readonly (readonly [number, Readonly<Record<string, string | null>>])[] = [
      [403, { 'X-Levee-Token': null }],
      [403, { 'X-Levee-Token': 'a'.repeat(43) }],
      [403, { Origin: null }],
      [403, { Origin: 'http://evil.example' }],
      [403, { Origin: `https://127.0.0.1:${door.port}` }],
      [403, { Origin: 'null' }],
      [403, { 'Sec-Fetch-Site': null }],
      [403, { 'Sec-Fetch-Site': 'same-site' }],
      [403, { 'Sec-Fetch-Site': 'none' }],
      [403, { 'Sec-Fetch-Site': 'cross-site' }],
      [415, { 'Content-Type': 'text/plain' }],
      [415, { 'Content-Type': 'application/x-www-form-urlencoded' }],
      [401, { Cookie: null }],
    ];
    for (const [status, headers] of refused)
      assert.equal(
        (await user.ask('POST', '/page/run', order, headers)).status,
        status,
        JSON.stringify(headers),
      );
    assert.equal((await user.ask('POST', '/page/run', order)).status, 200);
    for (const headers of [{ Origin: 'http://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }])
      assert.equal((await user.ask('GET', '/page/session', undefined, headers)).status, 403);
    const login = { name: 'operator', password };
    assert.equal(
      (await door.ask('POST', '/page/login', login, { Origin: 'http://evil.example' })).status,
      403,
    );
    const link = {
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    };
    assert.equal((await rawRequest(door.port, requestText('/', link))).status, 200, 'a link leads here');
    const frame = { ...link, 'Sec-Fetch-Dest': 'iframe' };
    assert.equal((await rawRequest(door.port, requestText('/', frame))).status, 403);
    assert.equal((await rawRequest(door.port, requestText('/', { Host: 'evil.example' }))).status, 421);
    for (const body of [
      {},
      { lines: [] },
      { lines: [1] },
      { lines: 'x' },
      { lines: ['x'], other: 1 },
      [],
      'x',
    ])
      assert.equal((await user.ask('POST', '/page/run', body)).status, 400, JSON.stringify(body));
  });

  test('lines run as one batch with the rights of who is logged in, and errors are those of the command line', async () => {
    const [admin, reader] = [await door.login('operator'), await door.login('reader')];
    const lines = [
      'config waf ip-list',
      'edit "office"',
      'config members',
      'edit 0',
      'set ip 192.0.2.1',
      'end',
      'end',
    ];
    const list = '/page/cmdb/waf/ip-list?mkey=office';
    const denied = await reader.run(...lines);
    assert.equal(denied.data['status'], 1);
    assert.match(JSON.stringify(denied.data['errors']), /-37/);
    assert.equal((await reader.ask('GET', list)).status, 404, 'nothing is done');
    assert.equal((await admin.run(...lines)).data['status'], 0);
    assert.equal((await reader.ask('GET', list)).status, 200);
    assert.equal((await reader.ask('GET', '/page/cmdb/system/admin')).status, 403);
    assert.match(await door.console('execute revision list'), /page\(127\.0\.0\.1\)/);
    const wrong = await admin.run(
      ...lines,
      'config waf ip-list',
      'edit "other"',
      'set action nonsense',
      'end',
    );
    assert.deepEqual([wrong.data['status'], Object(wrong.data['errors'])[0].line], [1, lines.length + 3]);
    assert.equal((await admin.ask('GET', '/page/cmdb/waf/ip-list?mkey=other')).status, 404);
  });

  test('a commit that is to be confirmed is told to all, and confirmed by whose it is', async () => {
    const [admin, reader] = [await door.login('operator'), await door.login('reader')];
    const change = ['config system global', 'set hostname "edge-7"', 'end'];
    const start = 'execute config-transaction start';
    const commit = 'execute config-transaction commit confirmed 5';
    const wrong = await admin.run(start, ...change, 'config system global', 'set nonsense 1', 'end', commit);
    assert.deepEqual([wrong.data['status'], Object(wrong.data['errors'])[0].line], [1, change.length + 3]);
    const transactions = await admin.ask('GET', '/page/monitor/config-transaction/status');
    assert.deepEqual(Object(transactions.data['results']).transactions, [], 'nothing of it is left');
    const done = await admin.run(start, ...change, commit);
    assert.deepEqual([done.data['status'], done.data['errors']], [0, []]);
    const [own, theirs] = [await admin.session(), await reader.session()];
    assert.equal(own?.hostname, 'edge-7');
    assert.equal(own?.confirmation?.mayConfirm, true);
    assert.ok((own?.confirmation?.remaining ?? 0) > 200_000);
    assert.deepEqual([theirs?.confirmation?.author, theirs?.confirmation?.mayConfirm], ['operator', false]);
    assert.equal((await admin.run('execute config-transaction confirm')).data['status'], 0);
    assert.equal((await reader.session())?.confirmation, null);
  });

  test('what is live is told to so many at once, and no more once the session is over', async () => {
    const user = await door.login('operator');
    const open = (): Promise<Response> =>
      fetch(`${door.origin}/page/live?topics=measured+sources&policy=web`, {
        headers: { Cookie: user.cookie },
      });
    const streams = await Promise.all(Array.from({ length: pageLimits.streams.each }, open));
    assert.deepEqual(
      streams.map(({ status }) => status),
      streams.map(() => 200),
    );
    assert.equal((await open()).status, 429);
    const other = await door.login('operator');
    assert.equal((await other.ask('GET', '/page/live?topics=nonsense')).status, 400);
    const [first] = streams;
    assert.equal(first?.headers.get('content-type'), 'text/event-stream');
    const reader = first.body?.pipeThrough(new TextDecoderStream()).getReader();
    let told = '';
    while (!told.includes('event: sources')) told += (await reader?.read())?.value ?? '';
    const [, measured = ''] = /^event: measured\ndata: (.*)$/m.exec(told) ?? [];
    assert.equal(JSON.parse(measured).measured.policies[0].policy, 'web');
    assert.match(told, /^event: session\ndata: \{"confirmation":null/m);
    await user.ask('POST', '/page/logout', {});
    while (!(await reader?.read())?.done);
    await Promise.all(streams.slice(1).map((stream) => stream.text()));
  });

  test('who is disconnected, or whose account changes, is out', async () => {
    const reader = await door.login('reader');
    assert.match(await door.console('get system logged-users'), /reader .*page\(127\.0\.0\.1\)/);
    const before = JSON.parse(await door.console('get system logged-users | json')).length;
    const operator = await door.login('operator');
    const { data } = await operator.ask('GET', '/page/monitor/system/logged-users');
    const users: Data[] = Object(data['results']);
    assert.deepEqual(
      users.filter(({ own }) => own).map(({ user, door: name }) => [user, name]),
      [['operator', 'page']],
      'what asks is the session that it is asked for',
    );
    assert.equal(users.length, before, 'the console has gone, the operator has come, and nobody else');
    await door.console('config system admin', 'edit "reader"', 'set access-profile "prof_admin"', 'end');
    assert.equal((await reader.session())?.permissions['wafgrp'], 'rw', 'rights are those of now');
    await door.console('config system admin', 'edit "reader"', 'set password "another horse 8"', 'end');
    assert.equal(await reader.session(), null);
  });

  test('who takes the own host from the own account, or from the door, stays until somebody else does', async () => {
    const [account, entry] = [
      ['config system admin', 'edit "operator"'],
      ['config system access-door', 'edit "page"'],
    ] as const;
    const elsewhere = ['set trusthostv4 192.0.2.0/24', 'end'];
    const everywhere = ['unset trusthostv4', 'end'];
    for (const where of [account, entry]) {
      const user = await door.login('operator');
      const own = { headers: { Cookie: user.cookie } };
      const told = (await fetch(`${door.origin}/page/live`, own)).text();
      const { data } = await user.run(...where, ...elsewhere);
      assert.equal(data['status'], 0, JSON.stringify(data));
      await door.console('config system global', 'set hostname other', 'end');
      assert.equal((await user.session())?.name, 'operator');
      assert.equal((await fetch(door.origin, own)).status, 200, 'the page can be loaded again');
      if (where === entry) {
        const cookie = user.cookie.replace(/=.*/, `=${'A'.repeat(43)}`);
        for (const headers of [{}, { Cookie: cookie }])
          await assert.rejects(fetch(door.origin, { headers }), 'nobody else is let near it from there');
        await assert.rejects(door.login('reader'));
        const again = await user.ask('POST', '/page/login', { name: 'operator', password });
        assert.equal(again.status, 401, 'nor is a new session begun');
      }
      await door.console(...where, ...everywhere);
      await door.console(...where, ...elsewhere);
      await told;
      if (where === entry) await assert.rejects(user.session());
      else assert.equal(await user.session(), null);
      await door.console(...where, ...everywhere);
    }
  });

  test('a password that must be changed is, at the login', async () => {
    await door.console(
      'config system admin',
      'edit "dora"',
      'set access-profile prof_admin',
      `set password ENC ${record}`,
      'set force-password-change enable',
      'end',
    );
    const order = { name: 'dora', password };
    const asked = await door.ask('POST', '/page/login', order);
    assert.deepEqual([asked.status, Object(asked.data['refusal']).kind], [200, 'change']);
    assert.equal(asked.headers.get('set-cookie'), null);
    const again = await door.ask('POST', '/page/login', { ...order, newPassword: password });
    assert.deepEqual(again.data, {
      refusal: { kind: 'change', reason: 'the new password is the old one' },
    });
    const changed = await door.ask('POST', '/page/login', { ...order, newPassword: 'another horse 9' });
    assert.equal(Object(changed.data['session']).name, 'dora', JSON.stringify(changed.data));
    const strange = [null, [], {}, 'x', { name: 'dora' }, { name: 1, password }, { ...order, more: 1 }];
    for (const body of [...strange, { ...order, password: 'x'.repeat(1025) }])
      assert.equal((await door.ask('POST', '/page/login', body)).status, 400, JSON.stringify(body));
  });

  test('a second factor is asked for, and wrong passwords shut out as everywhere', async () => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    await door.console(
      'config system admin',
      'edit "carol"',
      'set access-profile prof_admin',
      `set password ENC ${record}`,
      'set two-factor totp',
      `set totp-secret ${secret}`,
      'end',
      'config system global',
      'set admin-lockout-threshold 1',
      'end',
    );
    const order = { name: 'carol', password };
    const asked = await door.ask('POST', '/page/login', order);
    assert.deepEqual([asked.status, Object(asked.data['refusal']).kind], [200, 'code']);
    assert.equal(asked.headers.get('set-cookie'), null);
    const code = codeOf(fromBase32(secret) ?? new Uint8Array(), Math.floor(Date.now() / 30_000));
    const entered = await door.ask('POST', '/page/login', { ...order, code });
    assert.equal(Object(entered.data['session']).name, 'carol', JSON.stringify(entered.data));
    const wrong = await door.ask('POST', '/page/login', { name: 'carol', password: 'wrong' });
    assert.equal(wrong.status, 401);
    const shut = await door.ask('POST', '/page/login', order);
    assert.deepEqual([shut.status, shut.headers.get('set-cookie')], [401, null]);
    assert.match(String(Object(shut.data['refusal']).reason), /too many wrong passwords/);
  });
});
