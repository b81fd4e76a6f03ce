import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { HealthCheck } from '../../src/policy/snapshot.ts';
import { type CheckResult, passed } from '../../src/supervisor/health/check-result.ts';
import type { HealthTarget } from '../../src/supervisor/health/checker.ts';
import { checkHttp, type HttpCheck } from '../../src/supervisor/health/checks/http.ts';
import { HealthChecks } from '../../src/supervisor/health/health-checks.ts';
import { isItself } from '../../src/supervisor/health/itself.ts';
import { echo, Member, startMember } from '../network/member.ts';
import { inNamespace } from '../network/namespace.ts';
import { openSockets } from '../network/open-sockets.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { start } from '../running/data-plane.ts';

/** Seconds here are those of the configuration, which are whole ones there. */
function checkOf(check: Partial<HealthCheck> = {}): HealthCheck {
  return {
    id: 1,
    type: 'tcp',
    timeout: 0.5,
    retryTimes: 1,
    interval: 0.02,
    settings: {},
    ...check,
  };
}

/** For a path that answers 200. */
function httpCheckOf(check: Partial<HealthCheck> = {}): HealthCheck {
  const settings = { 'url-path': '/', method: 'get', 'match-type': 'response-code', 'response-code': 200 };
  return checkOf({ type: 'http', settings, ...check });
}

function targetOf(port: number, target: Partial<HealthTarget> = {}): HealthTarget {
  return {
    id: port,
    address: '127.0.0.1',
    port,
    host: '127.0.0.1',
    health: { name: 'check', relationship: 'and', checks: [checkOf()] },
    ...target,
  };
}

/** The port that it listens on from now on. */
async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

/** Never answers. */
function mute(socket: Socket): void {
  socket.resume().on('end', () => socket.end());
}

/** Health checks that leave nothing behind when the test is over. */
function startChecks(context: TestContext): {
  checks: HealthChecks;
  down: Map<number, string>;
  told: string[];
} {
  const told: string[] = [];
  const down = new Map<number, string>();
  const checks = new HealthChecks({
    changed: (id, reason) => {
      told.push(`${id}: ${reason}`);
      if (reason === '') down.delete(id);
      else down.set(id, reason);
    },
    refused: (type, reason) => told.push(`${type}: ${reason}`),
  });
  context.after(() => checks.stop());
  return { checks, down, told };
}

test('tcp: a member is up until so many checks in a row have failed, and up again after one', async (context) => {
  let asked = 0;
  const member = new Member(() => asked++);
  await member.listen('127.0.0.1');
  const { port } = member;
  const { checks, down, told } = startChecks(context);
  const health = targetOf(port).health;
  checks.watch([targetOf(port, { health: { ...health, checks: [checkOf({ retryTimes: 3 })] } })]);
  await until('it was checked', () => asked > 2);
  assert.deepEqual(told, []);
  member.close();
  await until('it is down', () => down.has(port));
  assert.equal(down.get(port), 'tcp check: connection refused');
  member.server.listen(port, '127.0.0.1');
  await until('it is up', () => !down.has(port));
  assert.deepEqual(told, [`${port}: tcp check: connection refused`, `${port}: `]);
  await checks.stop();
  member.close();
});

test('a connection that came back to itself is told from one to a server', async (context) => {
  const { port: taken } = await startMember(context);
  const free = await freePort();
  for (const [port, localPort, expected] of [
    [free, free, true],
    [taken, free, false],
  ] as const) {
    const socket = connect({ host: '127.0.0.1', port, localPort });
    await once(socket, 'connect');
    assert.equal(isItself(socket), expected);
    socket.resetAndDestroy();
  }
});

suite('http', () => {
  const http: HttpCheck = {
    path: '/status?full=1',
    method: 'get',
    matchType: 'response-code',
    responseCode: 200,
    matchContent: '',
  };

  type Options = { readonly timeout?: number };

  const askAt = (
    port: number,
    check: Partial<HttpCheck>,
    { timeout = 2000 }: Options,
  ): Promise<CheckResult> =>
    checkHttp(
      { address: '127.0.0.1', port, host: 'www.example.com' },
      { ...http, ...check },
      timeout,
      new AbortController().signal,
    );

  const ask = async (
    listener: RequestListener,
    check: Partial<HttpCheck>,
    options: Options = {},
  ): Promise<CheckResult> => {
    const server = createServer(listener);
    try {
      return await askAt(await listen(server), check, options);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  };

  const askRaw = async (
    behave: (socket: Socket) => void,
    options: Options = {},
    check: Partial<HttpCheck> = {},
  ): Promise<CheckResult> => {
    const member = new Member(behave);
    await member.listen('127.0.0.1');
    try {
      return await askAt(member.port, check, options);
    } finally {
      member.close();
    }
  };

  test('asks as it is told, with nothing to keep', async () => {
    for (const method of ['get', 'head', 'post'] as const) {
      const seen: unknown[] = [];
      const result = await ask(
        ({ method: asked, url, headers }, response) => {
          seen.push([asked, url, headers.host?.split(':')[0], headers.connection]);
          response.end();
        },
        { method },
      );
      assert.deepEqual(result, { type: 'passed' });
      assert.deepEqual(seen, [[method.toUpperCase(), '/status?full=1', 'www.example.com', 'close']]);
    }
  });

  const answer =
    (status: number, content: string): RequestListener =>
    (_, response) =>
      response.writeHead(status).end(content);
  const padding = ' '.repeat(65_530);
  const cases: readonly (readonly [string, Partial<HttpCheck>, number, string, string])[] = [
    ['the right status', {}, 200, '', 'passed'],
    ['another status', {}, 503, '', 'status 503'],
    ['a status that is asked for', { responseCode: 404 }, 404, '', 'passed'],
    ['content', { matchType: 'match-content', matchContent: 'rea.y' }, 500, 'it is ready', 'passed'],
    [
      'other content',
      { matchType: 'match-content', matchContent: 'ready' },
      200,
      'busy',
      'its content does not match',
    ],
    ['both', { matchType: 'all', matchContent: 'ready' }, 200, 'ready', 'passed'],
    ['content with another status', { matchType: 'all', matchContent: 'ready' }, 500, 'ready', 'status 500'],
    [
      'the status with other content',
      { matchType: 'all', matchContent: 'ready' },
      200,
      '',
      'its content does not match',
    ],
    [
      'content within 64 KiB',
      { matchType: 'match-content', matchContent: 'ready' },
      200,
      `${padding}ready`,
      'passed',
    ],
    [
      'content behind 64 KiB',
      { matchType: 'match-content', matchContent: 'ready' },
      200,
      `${padding}       ready`,
      'its content does not match',
    ],
    [
      'content of a HEAD',
      { matchType: 'match-content', matchContent: 'ready', method: 'head' },
      200,
      '',
      'its content does not match',
    ],
  ];
  for (const [name, check, status, content, expected] of cases) {
    test(`${name}: ${expected}`, async () => {
      const result = await ask(answer(status, content), check);
      assert.equal(result.type === 'failed' ? result.reason : result.type, expected);
    });
  }

  test('a server that answers in pieces without end is given up', async () => {
    const drip: RequestListener = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 5);
      response.on('close', () => clearInterval(timer));
    };
    const check = { matchType: 'match-content', matchContent: 'ready' } as const;
    assert.deepEqual(await ask(drip, check, { timeout: 100 }), {
      type: 'failed',
      reason: 'no answer in 0.1 s',
    });
  });

  test('takes what a script says that knows little of HTTP', async () => {
    const answers = [
      'HTTP/1.0 200 OK\n\nready\n',
      'HTTP/1.1 200 OK \nContent-Type : text/plain\nthis is no header\n \nready',
      '\r\n  http/1.1  200\r\n\r\nready',
      'HTTP/1.1 200\nContent-Length: 5\n\nready, and what is too much',
      'HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n3 \nrea\n2;x=y\ndy\n0\n',
    ];
    const content: Partial<HttpCheck> = { matchType: 'all', matchContent: '^ready\\s*$' };
    for (const answer of answers)
      assert.deepEqual(await askRaw((socket) => socket.end(answer), {}, content), passed, answer);
    for (const alone of ['HTTP/1.1 200 OK\n', 'HTTP/1.1 200 OK', 'HTTP/1.0 200'])
      assert.deepEqual(await askRaw((socket) => socket.end(alone)), passed, alone);
    for (const other of [
      'HTTP/1.1 500 No\n',
      'HTTP/1.1 2000\n',
      '200 OK\n',
      '\n',
      'HTTP/1.1 100 Continue\n\n',
    ])
      assert.equal((await askRaw((socket) => socket.end(other))).type, 'failed', other);
  });

  test('a server that says nothing, or no HTTP, or hangs up, fails', async () => {
    const silent = await askRaw(mute, { timeout: 100 });
    assert.deepEqual(silent, { type: 'failed', reason: 'no answer in 0.1 s' });
    const garbage = await askRaw((socket) => socket.end('\0\0\r\n\r\n'));
    assert.equal(garbage.type, 'failed');
    const gone = await askRaw((socket) => socket.resetAndDestroy());
    assert.deepEqual(gone, { type: 'failed', reason: 'connection reset' });
  });
});

test('a member is down for what was found out last, and that is told once', async (context) => {
  let status = 500;
  const server = createServer((_, response) => response.writeHead(status).end());
  const port = await listen(server);
  context.after(() => server.close());
  const { checks, told } = startChecks(context);
  const health = { ...targetOf(port).health, checks: [httpCheckOf()] };
  checks.watch([targetOf(port, { health })]);
  await until('it is down', () => checks.reason(port) === 'http check: status 500');
  status = 503;
  await until('it is down for another reason', () => checks.reason(port) === 'http check: status 503');
  status = 200;
  await until('it is up', () => checks.reason(port) === '');
  assert.deepEqual(told, [`${port}: http check: status 500`, `${port}: `]);
});

test('several checks: and = all of them, or = one of them', async (context) => {
  const member = await startMember(context);
  const server = createServer((_, response) => response.writeHead(500).end());
  const port = await listen(server);
  context.after(() => server.close());
  const { checks, down, told } = startChecks(context);
  const both = [checkOf(), httpCheckOf({ id: 2 })];
  const and = { name: 'both', relationship: 'and' as const, checks: both };
  let served = 0;
  server.on('request', () => served++);
  checks.watch([
    targetOf(port, { id: 1, health: and }),
    targetOf(port, { id: 2, health: { ...and, relationship: 'or' } }),
    targetOf(member.port, { id: 3 }),
  ]);
  await until('one is down', () => down.has(1));
  assert.equal(down.get(1), 'http check: status 500');
  const before = served;
  await until('the other was asked too', () => served > before + 4);
  assert.deepEqual([...down.keys()], [1]);
  server.close();
  await until('both are down', () => down.has(2));
  assert.equal(told.length, 2, 'another reason is no news');
});

test('another server is up until it is proven down; a member that is checked no longer is up', async (context) => {
  const member = await startMember(context);
  const dead = await freePort();
  const { checks, told, down } = startChecks(context);
  checks.watch([targetOf(dead, { id: 1 })]);
  await until('it is down', () => down.has(1));
  const stricter = targetOf(dead, { id: 1 });
  checks.watch([{ ...stricter, health: { ...stricter.health, checks: [checkOf({ interval: 0.01 })] } }]);
  assert.ok(down.has(1), 'what is known of a server is kept when its checks change');
  checks.watch([targetOf(member.port, { id: 1 })]);
  assert.ok(!down.has(1));
  checks.watch([targetOf(dead, { id: 1 })]);
  await until('it is down again', () => down.has(1));
  checks.watch([]);
  assert.deepEqual(
    told.map((line) => line.split(' ').length > 2),
    [true, false, true, false],
  );
});

test('changes and the end leave no socket and no timer behind, whatever is under way', async (context) => {
  const silent = await startMember(context, mute);
  const before = openSockets();
  const { checks, told } = startChecks(context);
  const health = {
    name: 'all',
    relationship: 'and' as const,
    checks: [httpCheckOf({ timeout: 60 }), checkOf({ id: 2 }), checkOf({ id: 3, type: 'icmp', timeout: 60 })],
  };
  for (let round = 1; round <= 5; round++) {
    const targets = Array.from({ length: 40 }, (_, id) => targetOf(silent.port, { id: id * round, health }));
    checks.watch(targets);
    await until('some are under way', () => silent.sockets.size > 20);
  }
  await checks.stop();
  await until('every socket is closed', () => silent.sockets.size === 0 && openSockets() <= before);
  assert.ok(!process.getActiveResourcesInfo().includes('Timeout'));
  assert.ok(told.every((line) => line.startsWith('icmp')));
});

test('hundreds of members that give no answer: a bounded number of checks at once', async (context) => {
  let most = 0;
  const silent = await startMember(context, (socket) => {
    mute(socket);
    most = Math.max(most, silent.sockets.size);
    setTimeout(() => socket.resetAndDestroy(), 10);
  });
  const health = {
    name: 'slow',
    relationship: 'and' as const,
    checks: [httpCheckOf({ timeout: 60, interval: 0.2, retryTimes: 1_000_000 })],
  };
  const { checks, down } = startChecks(context);
  checks.watch(Array.from({ length: 400 }, (_, id) => targetOf(silent.port, { id, health })));
  await until('every member was asked', () => silent.accepted > 500);
  await checks.stop();
  await until('all is closed', () => silent.sockets.size === 0);
  // Those that are closed here may still be open there for a moment.
  assert.ok(most <= 128, `${most} at once`);
  assert.equal(down.size, 0);
});

test('icmp: an answer, or that the system does not let it be asked for, told once', async (context) => {
  const { checks, told, down } = startChecks(context);
  const ping = { name: 'ping', relationship: 'and' as const, checks: [checkOf({ type: 'icmp' })] };
  const member = await startMember(context);
  const both = { ...ping, checks: [checkOf({ type: 'icmp' }), checkOf({ id: 2 })] };
  checks.watch([
    targetOf(member.port, { id: 1, health: ping }),
    targetOf(member.port, { id: 2, health: both }),
  ]);
  await until('it was checked', () => member.accepted > 5);
  assert.equal(down.size, 0);
  assert.ok(told.length === 0 || (told.length === 1 && told[0]?.startsWith('icmp: socket: ')), told.join());
});

test('icmp, where the system lets it be asked for: up, down and up again', (context) => {
  const setUp = ['sysctl -w net.ipv4.ping_group_range=0\t2147483647'];
  const seen = inNamespace(context, setUp, join(import.meta.dirname, 'one-ping.ts'));
  if (seen === undefined) return;
  assert.deepEqual(seen, {
    loopback: true,
    unreachable: 'icmp check: network unreachable',
    silent: 'icmp check: no answer in 0.2 s',
    answersAgain: true,
    told: 4,
    pinged: [
      ['127.0.0.1', 0, true, ''],
      ['192.0.2.1', 0, false, 'network unreachable'],
      ['::1', 0, true, ''],
    ],
  });
});

test('a member that is down gets no connections, waits and warms up when it is back, and all of it is told', async (context) => {
  const port = await freePort();
  const member = new Member(echo);
  const backup = await startMember(context);
  const running = start(context, { workers: 2 });
  const health = { name: 'tcp', relationship: 'and' as const, checks: [checkOf()] };
  const members = [
    memberOf(port, { health, warmUp: 1000, warmRate: 1 }),
    memberOf(backup.port, { backup: true }),
  ];
  const policy = policyOf({ endpoints: [{ address: '127.0.0.1', port: await freePort() }], members });
  await running.workers.apply(snapshotOf(policy));
  const stateOf = (id: number) => running.workers.members().find((state) => state.id === id);
  await until('it is down', () => stateOf(port)?.state === 'down');
  assert.equal(stateOf(port)?.reason, 'tcp check: connection refused');
  const listening = policy.endpoints[0]?.port ?? 0;
  await running.open(6, listening);
  assert.equal(stateOf(backup.port)?.open, 6);
  assert.equal(running.told('member-up').length, 0);
  const down = {
    type: 'member-down',
    pool: 'servers',
    member: `127.0.0.1:${port}`,
    reason: 'tcp check: connection refused',
  };
  assert.deepEqual(running.told('member-down'), [down]);

  member.server.listen(port, '127.0.0.1');
  context.after(() => member.close());
  await until('it is up again', () => stateOf(port)?.state === 'recovering');
  await until('it takes a connection', async () => {
    await running.open(1, listening);
    return (stateOf(port)?.open ?? 0) > 0;
  });
  assert.match(stateOf(port)?.reason ?? '', /^takes 1 new connections a second$/);
  assert.deepEqual([running.told('member-down').length, running.told('member-up').length], [1, 1]);
  await running.workers.apply(snapshotOf({ ...policy, members: members.slice(1) }));
  await running.workers.apply(snapshotOf(policy));
  assert.ok(['unknown', 'up'].includes(stateOf(port)?.state ?? ''), 'a member that was gone is new');
});

test('the end of the workers ends the checks', async () => {
  const member = new Member(() => {});
  await member.listen('127.0.0.1');
  const { Running } = await import('../running/data-plane.ts');
  const running = new Running({ workers: 1 });
  const health = { name: 'tcp', relationship: 'and' as const, checks: [checkOf()] };
  await running.workers.apply(snapshotOf(policyOf({ members: [memberOf(member.port, { health })] })));
  await until('it was checked', () => member.accepted > 1);
  await running.end();
  const { accepted } = member;
  const probe = connect(member.port, '127.0.0.1');
  await once(probe, 'connect');
  await until('the probe is there', () => member.accepted === accepted + 1);
  probe.destroy();
  member.close();
});
