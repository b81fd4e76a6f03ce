import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { pageLimits } from '../../src/doors/http/page/limits.ts';
import { runBatch } from '../../src/doors/http/page/run.ts';
import type { RunAnswer } from '../../src/page/messages.ts';
import { type PageUser, pageOfSuite, password } from '../doors/http/page-client.ts';
import { rawRequest, requestText } from '../doors/http/raw-request.ts';
import { FakeSession } from '../shell/fake-session.ts';

const start = 'execute config-transaction start';
const commit = 'execute config-transaction commit';

async function ran(user: PageUser, ...lines: readonly string[]): Promise<RunAnswer> {
  const { status, data } = await user.run(...lines);
  assert.equal(status, 200, JSON.stringify(data));
  return Object(data);
}

suite('whoever has a browser', () => {
  const door = pageOfSuite();
  const streamOf = ({ cookie }: PageUser): Promise<Response> =>
    fetch(`${door.origin}/page/live?topics=measured`, { headers: { Cookie: cookie } });

  test('of two headers that mean something once neither is believed', async () => {
    const head = ['GET /page/session HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close'];
    assert.equal((await rawRequest(door.port, [...head, '', ''].join('\r\n'))).status, 200);
    for (const twice of [
      ['Host: evil.example'],
      [`Origin: ${door.origin}`, 'Origin: http://evil.example'],
      ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site'],
      ['Authorization: Bearer a', 'Authorization: Bearer b'],
    ]) {
      const { status } = await rawRequest(door.port, [...head, ...twice, '', ''].join('\r\n'));
      assert.equal(status, 400, String(twice));
    }
  });

  test('what is said before a login is short', async () => {
    const long = { name: 'operator', password: 'a'.repeat(pageLimits.login) };
    assert.equal((await door.ask('POST', '/page/login', long)).status, 413);
  });

  test('through the page nobody reaches a file, and whatever asks something has no answer', async () => {
    const user = await door.login('operator');
    const written = join(door.state.path, '..', 'written');
    for (const line of [
      'execute restore config /etc/hosts',
      `execute backup config ${written}`,
      `show | save ${written}`,
      'execute scripting load stolen /etc/hosts',
      'execute scripting check /etc/hosts',
      'execute replay /etc/hosts',
      `execute replay /etc/hosts candidate /etc/hosts plot ${written}`,
      'execute password',
      'execute wizard flood-rule',
      start,
    ]) {
      const { status, output, errors } = await ran(user, line);
      assert.deepEqual([status, output, errors.length], [1, '', 1], line);
    }
    assert.equal(existsSync(written), false);
  });

  test('what lines leave open is gone with them, and the next ones begin as they did', async () => {
    const user = await door.login('operator');
    const name = (text: string): readonly string[] => ['config system global', `set hostname ${text}`, 'end'];
    const open = await ran(user, start, 'config system global', 'set hostname lost', commit);
    assert.deepEqual([open.status, open.errors[0]?.line], [1, 4]);
    const { data } = await user.ask('GET', '/page/monitor/config-transaction/status');
    assert.deepEqual(Object(data['results']).transactions, []);
    const hidden = await ran(user, `${start} \ndiagnose system top`, ...name('lost'), commit);
    assert.deepEqual(
      [hidden.status, hidden.errors[0]?.line],
      [1, 1],
      'lines in one text begin no transaction',
    );
    assert.equal((await ran(user, ...name('kept'))).status, 0);
    assert.equal((await user.session())?.hostname, 'kept', 'it went into no transaction that nobody sees');
    assert.equal((await ran(user, start, ...name('whole'), commit)).status, 0);
    assert.equal((await user.session())?.hostname, 'whole');
  });

  test('one account can not look on so often that others can not', async () => {
    const { each, account } = pageLimits.streams;
    const users = await Promise.all(Array.from({ length: account / each + 1 }, () => door.login('operator')));
    const [last, ...others] = users;
    assert.ok(last !== undefined);
    const streams = await Promise.all(
      others.flatMap((user) => Array.from({ length: each }, () => streamOf(user))),
    );
    assert.deepEqual(new Set(streams.map(({ status }) => status)), new Set([200]));
    assert.equal((await streamOf(last)).status, 429);
    const reader = await streamOf(await door.login('reader'));
    assert.equal(reader.status, 200);
    for (const { body } of [...streams, reader]) await body?.cancel();
  });

  test('names are only names in JSON, whatever they are', async () => {
    const user = await door.login('operator');
    const names = [
      '__proto__',
      'constructor',
      'toString',
      '</script><script>alert(1)</script>',
      '"}],"x":[{"',
    ];
    for (const name of names) {
      const quoted = `"${name.replaceAll('"', '\\"')}"`;
      const lines = [
        'config waf ip-list',
        `edit ${quoted}`,
        'config members',
        'edit 1',
        'set ip 192.0.2.1',
        'end',
        'end',
      ];
      assert.equal((await ran(user, ...lines)).status, 0, name);
      const path = `/page/cmdb/waf/ip-list?mkey=${encodeURIComponent(name)}`;
      const { status, data } = await user.ask('GET', path);
      assert.equal(status, 200, name);
      assert.equal(Object(data['results'])[0]?.name, name);
    }
    const wrong = await door.ask(
      'POST',
      '/page/login',
      JSON.parse(`{"name":"x","password":"${password}","__proto__":{}}`),
    );
    assert.equal(wrong.status, 400);
  });

  test('who is trusted by the door no more is out, with connections that were open before', async () => {
    const user = await door.login('operator');
    const { body } = await streamOf(user);
    const socket = connect(door.port, '127.0.0.1');
    const asked = requestText('/page/session', { Connection: 'keep-alive', Cookie: user.cookie });
    socket.write(asked);
    const told = socket.setEncoding('utf8')[Symbol.asyncIterator]();
    assert.match(String((await told.next()).value), /^HTTP\/1.1 200/);
    await door.console('config system access-door', 'edit "page"', 'set trusthostv4 192.0.2.0/24', 'end');
    socket.write(asked);
    for (let next = await told.next(); !next.done; next = await told.next())
      assert.doesNotMatch(String(next.value), /^HTTP/);
    await body?.pipeTo(new WritableStream());
  });
});

test('what goes on is interrupted after a minute, and when nobody waits for it any more', async () => {
  const gone = new AbortController();
  const ran: string[] = [];
  const session = new FakeSession();
  const run = (longest?: number): Promise<RunAnswer> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    session.interrupt = resolve;
    session.batch = async () => {
      ran.push('one');
      await promise;
      return await session.state();
    };
    return runBatch(session, ['execute log tail'], gone.signal, longest);
  };
  assert.match((await run(1)).notices.join('\n'), /interrupted after/);
  const waiting = run();
  gone.abort();
  assert.deepEqual((await waiting).notices, []);
  assert.equal((await run()).status, 1);
  assert.deepEqual(ran, ['one', 'one'], 'the third was not begun');
});
