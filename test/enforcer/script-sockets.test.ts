import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { socketOptions } from '../../src/scripting/commands/tcp/socket-options.ts';
import { cannotAsk, type KernelOption, kernelOptions } from '../network/kernel-options.ts';
import { startMember } from '../network/member.ts';
import { inNamespace } from '../network/namespace.ts';
import { freePort } from '../network/ports.ts';
import { memberOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { linesOf, scriptsOf, startScripted } from '../running/scripted.ts';

const skip = await cannotAsk();

/** CAP_NET_ADMIN, CAP_NET_RAW: either will do. */
const capabilities = (1n << 12n) | (1n << 13n);
const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(
  process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '',
);
/** What takes a capability is given to us, or refused. */
const isPrivileged = (BigInt(`0x${effective?.[1] ?? '0'}`) & capabilities) !== 0n;

function option(name: string): KernelOption {
  const found = socketOptions.find((candidate) => candidate.name === name);
  assert.ok(found !== undefined);
  const bytes = { int: 4, linger: 8, timeval: 16 }[found.form];
  return [found.linux.level, found.linux.name, bytes];
}

function set(name: string, value: number): string {
  return `log("${name} %s", table.concat({tostring((TCP:sockopt{op = "set", message = "${name}", value = ${value}}))}))`;
}

/** What is set in an event, what the kernel must tell of it, and what a later `get` gives. */
type Case = { readonly value: number; readonly kernel: readonly number[]; readonly get: number };

function int(value: number, got = value): Case {
  return { value, kernel: [got], get: got };
}

const cases: Readonly<Record<string, Case>> = {
  snd_buf: int(30_000, 60_000),
  rcv_buf: int(20_000, 40_000),
  ip_ttl: int(17),
  // Linux derives the priority from it.
  tos: int(0x48),
  so_priority: int(5),
  tcp_nodelay: int(0),
  tcp_cork: int(1),
  keepalive: int(0),
  // The timeouts are whole ticks of the kernel's clock, whatever its rate.
  linger: { value: 0, kernel: [1, 0], get: 0 },
  snd_timeo: { value: 2500, kernel: [2, 0, 500_000, 0], get: 2500 },
  rcv_timeo: { value: 1300, kernel: [1, 0, 300_000, 0], get: 1300 },
  ...(isPrivileged ? { so_mark: int(4_000_000_000, 4_000_000_000) } : {}),
};

function wordsOf(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32LE(index * 4));
}

const names = Object.keys(cases);

/** Runs one connection under a script, and reads what the kernel says of one of its sockets while it is open. */
async function asked(
  context: TestContext,
  script: string,
  side: 'client' | 'server',
  options: readonly KernelOption[],
): Promise<{ readonly lines: readonly string[]; readonly kernel: readonly (Buffer | string)[] }> {
  const member = await startMember(context);
  const { running, port, change } = await startScripted(context, {
    members: [memberOf(member.port)],
    scripts: scriptsOf(script),
  });
  assert.deepEqual(await running.open(1, port), ['admitted']);
  const [client] = running.clients;
  const [server] = member.sockets;
  const at = side === 'client' ? [port, client?.port ?? 0] : [server?.remotePort ?? 0, member.port];
  const kernel = await kernelOptions(at[0] ?? 0, at[1] ?? 0, options);
  client?.close();
  await running.untilIdle();
  // Before a worker says that it runs a snapshot it tells all that it has to tell.
  await change({});
  if (kernel === null) context.skip('another process may not look at the sockets of this one (ptrace_scope)');
  return { lines: linesOf(running), kernel: kernel ?? [] };
}

const setAll = names.map((name) => set(name, cases[name]?.value ?? 0)).join('\n');
const getAll = names
  .map((name) => `log("${name} = %s", TCP:sockopt{op = "get", message = "${name}"})`)
  .join('\n');

for (const [side, event, later] of [
  ['client', 'TCP_ACCEPTED', 'STREAM_REQUEST_DATA'],
  ['server', 'SERVER_BEFORE_CONNECT', 'SERVER_CONNECTED'],
  ['server', 'SERVER_CONNECTED', 'SERVER_CONNECTED priority 600'],
] as const) {
  test(`options set in ${event} are those of the socket of the ${side}, as another process reads them`, {
    skip,
  }, async (context) => {
    const script = `when ${event} { ${setAll} } when ${side === 'client' ? event : later} priority 900 { ${getAll} }`;
    const { lines, kernel } = await asked(context, script, side, names.map(option));
    assert.deepEqual(lines, [
      ...names.map((name) => `${name} true`),
      ...names.map((name) => `${name} = ${cases[name]?.get}`),
    ]);
    const told = kernel.map((value) => (typeof value === 'string' ? value : wordsOf(value)));
    assert.deepEqual(told, kernel.length === 0 ? [] : names.map((name) => cases[name]?.kernel));
  });
}

test('options that only tell, and those that an open connection takes or refuses', {
  skip,
}, async (context) => {
  const { lines, kernel } = await asked(
    context,
    `when TCP_ACCEPTED {
       log("%s", TCP:sockopt{op = "get", message = "so_type"})
       log("%s", TCP:sockopt{op = "get", message = "ip_mtu"})
       log("%s", TCP:sockopt{op = "set", message = "tcp_quickack", value = true})
       log("%s", TCP:sockopt{op = "get", message = "tcp_quickack"})
       log("%s %s", TCP:sockopt{op = "set", message = "linger", value = 30})
       log("%s", TCP:sockopt{op = "get", message = "linger"})
       log("%s %s", TCP:sockopt{op = "set", message = "ipv6_v6only", value = 1})
       log("%s", TCP:sockopt{op = "get", message = "ipv6_v6only"})
       log("%s", TCP:sockopt{op = "set", message = "maxseg", value = 1000})
       log("%s", TCP:sockopt{op = "get", message = "maxseg"})
     }`,
    'client',
    [option('so_type'), option('ip_mtu'), option('linger'), option('maxseg')],
  );
  const [type, mtu, linger, segment] = kernel.map((value) =>
    typeof value === 'string' ? [] : wordsOf(value),
  );
  const [first, second, , , , , v6only, , set, got] = lines;
  assert.deepEqual(lines.slice(2, 6), [
    'true',
    '1',
    'false a worker must not wait for a close: -1 or 0',
    '-1',
  ]);
  assert.match(v6only ?? '', /^false setsockopt: .*\(E/);
  assert.equal(lines[7], 'nil');
  assert.equal(set, 'true');
  if (type === undefined) return;
  assert.deepEqual([[Number(first)], [Number(second)], [0, 0], [Number(got)]], [type, mtu, linger, segment]);
});

test('what takes a privilege that we do not have is refused by its name', {
  skip: process.platform !== 'linux' && 'capabilities are of Linux',
}, () => {
  const child = [process.execPath, join(import.meta.dirname, 'one-unprivileged.ts')];
  const [command = '', ...rest] = isPrivileged
    ? ['setpriv', '--bounding-set=-net_admin,-net_raw', ...child]
    : child;
  const { lines, outcomes } = JSON.parse(execFileSync(command, rest, { encoding: 'utf8' }));
  const refusal = 'false setsockopt: operation not permitted (EPERM)';
  assert.deepEqual([outcomes, lines], [['admitted'], [refusal, refusal, 'false']]);
});

test('maxseg and fastopen before a connection are what it begins with', { skip }, async (context) => {
  const { lines, kernel } = await asked(
    context,
    `when SERVER_BEFORE_CONNECT {
       ${set('maxseg', 600)} ${set('fastopen', 1)}
       log("%s", TCP:sockopt{op = "get", message = "fastopen"})
     }
     when SERVER_CONNECTED { TCP:send("x") }
     when STREAM_RESPONSE_DATA { if not told then told = true log("%s", TCP:sockopt{op = "get", message = "maxseg"}) end }`,
    'server',
    [
      [6, 2, 4],
      [6, 30, 4],
    ],
  );
  assert.deepEqual(lines.slice(0, 3), ['maxseg true', 'fastopen true', '1']);
  const [segment, fast] = kernel.map((value) => (typeof value === 'string' ? [] : wordsOf(value)));
  assert.ok(Number(lines[3]) <= 600);
  if (segment === undefined) return;
  assert.deepEqual(segment, [Number(lines[3])]);
  assert.deepEqual(fast, [1]);
});

test('the listening socket: VS_LISTENER_BIND in each worker, and what connections inherit', {
  skip,
}, async (context) => {
  const member = await startMember(context);
  const script = `when VS_LISTENER_BIND {
      log("bind %s %s", TCP:sockopt{op = "set", message = "rcv_buf", value = 50000}, TCP:sockopt{op = "get", message = "rcv_buf"})
      log("%s %s", TCP:sockopt{op = "set", message = "fastopen", value = 7}, TCP:sockopt{op = "set", message = "maxseg", value = 700})
      log("%s", TCP:sockopt{op = "set", message = "linger", value = 0})
    }
    when TCP_ACCEPTED { log("inherited %s", TCP:sockopt{op = "get", message = "rcv_buf"}) }`;
  const policy = { members: [memberOf(member.port)], scripts: scriptsOf(script) };
  const { running, port, change } = await startScripted(context, policy, { workers: 2 });
  await until('both workers have said it', () => linesOf(running).length === 6);
  assert.deepEqual([...linesOf(running)].sort(), [
    ...Array(2).fill('bind true 100000'),
    ...Array(2).fill('false'),
    ...Array(2).fill('true true'),
  ]);
  await change({ trafficLog: true });
  await running.open(1, port);
  await until('the connection has said it', () => linesOf(running).length === 7);
  assert.equal(linesOf(running)[6], 'inherited 100000');
  const kernel = await kernelOptions(port, 0, [
    [1, 8, 4],
    [6, 23, 4],
    [6, 2, 4],
  ]);
  if (kernel === null)
    return context.skip('another process may not look at the sockets of this one (ptrace_scope)');
  assert.deepEqual(
    kernel.map((value) => (typeof value === 'string' ? value : wordsOf(value)[0])),
    [100_000, 7, 700],
  );
});

for (const address of ['127.0.0.1', '::1']) {
  test(`options of the SYN of a client at ${address}`, {
    skip: process.platform !== 'linux' && 'Linux keeps SYNs',
  }, async (context) => {
    const member = await startMember(context);
    const text = `when TCP_ACCEPTED {
      local function hex(bytes) return bytes and (bytes:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
      log("%s %s %s", hex(TCP:sockopt{op = "get", type = 2}), hex(TCP:sockopt{op = "get", type = 4}), hex(TCP:sockopt{op = "get", type = 28}))
      log("%d", #TCP:sockopt{op = "get", type = 8})
    }
    when SERVER_CONNECTED { log("%s", TCP:sockopt{op = "get", type = 2}) }`;
    const { running, port } = await startScripted(
      context,
      { members: [memberOf(member.port)], scripts: scriptsOf(text) },
      {},
      address,
    );
    await running.open(1, port, address);
    await until('all is told', () => linesOf(running).length === 3);
    // The loopback interface carries 65,536 bytes.
    const segment = address === '::1' ? 65_476 : 65_495;
    assert.deepEqual(linesOf(running), [`${segment.toString(16)}  nil`, '8', 'nil']);
  });
}

test('a server of IPv6: the options of its family, and a source of it', { skip }, async (context) => {
  const member = await startMember(context, undefined, '::1');
  const port = await freePort();
  assert.ok(port > 0);
  const { running, port: listening } = await startScripted(context, {
    members: [memberOf(member.port, { address: '::1' })],
    scripts: scriptsOf(`when SERVER_BEFORE_CONNECT {
      ${set('ip_ttl', 9)} ${set('tos', 8)}
      log("%s %s", TCP:set_snat_ip("::1"), TCP:set_snat_ip("127.0.0.1"))
    }`),
  });
  assert.deepEqual(await running.open(1, listening), ['admitted']);
  const [server] = member.sockets;
  const kernel = await kernelOptions(server?.remotePort ?? 0, member.port, [
    [41, 16, 4],
    [41, 67, 4],
  ]);
  await until('all is told', () => linesOf(running).length === 3);
  assert.deepEqual(linesOf(running), ['ip_ttl true', 'tos true', 'true false']);
  if (kernel === null)
    return context.skip('another process may not look at the sockets of this one (ptrace_scope)');
  assert.deepEqual(
    kernel.map((value) => (typeof value === 'string' ? value : wordsOf(value)[0])),
    [9, 8],
  );
});

test('a source that is not local, where the system permits it', (context) => {
  const setUp = [
    'sysctl -w net.ipv4.conf.lo.accept_local=1',
    // What is sent to the source comes back here, and yet it is nobody's address.
    'ip rule add to 203.0.113.9 lookup 100',
    'ip route add local 203.0.113.9/32 dev lo table 100',
  ];
  const seen = inNamespace(context, setUp, join(import.meta.dirname, 'one-foreign-source.ts'));
  if (seen === undefined) return;
  assert.deepEqual(seen, { outcomes: ['admitted'], lines: ['true'], seen: ['203.0.113.9'] });
});
