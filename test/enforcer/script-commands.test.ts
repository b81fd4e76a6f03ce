import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { PolicySnapshot } from '../../src/policy/snapshot.ts';
import { echo, type Member, startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { linesOf, type Scripted, scriptsOf, startScripted } from '../running/scripted.ts';

/** A client that says something, and what came of it: all that it received, and how it ended. */
async function talk(
  port: number,
  text = '',
  ending: 'end' | 'wait' = 'wait',
): Promise<{ readonly received: string; readonly error: string; readonly socket: Socket }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: ending === 'wait' });
  let received = '';
  let error = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('error', (problem) => {
    error = 'code' in problem ? String(problem.code) : problem.message;
  });
  socket.on('close', () => resolve());
  socket.on('end', () => {
    if (ending === 'wait') socket.end();
  });
  if (text !== '') socket.write(text);
  if (ending === 'end') socket.end();
  await promise;
  return { received, error, socket };
}

/** What members have received, in all connections together. */
function listening(said: Buffer[]) {
  return (socket: Socket) => {
    socket.on('data', (chunk: Buffer) => said.push(chunk));
    echo(socket);
  };
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('latin1');
}

type Scene = Scripted & { readonly member: Member; readonly said: Buffer[] };

async function scene(
  context: TestContext,
  script: string,
  policy: Partial<PolicySnapshot> = {},
): Promise<Scene> {
  const said: Buffer[] = [];
  const member = await startMember(context, listening(said));
  const scripted = await startScripted(context, {
    members: [memberOf(member.port)],
    scripts: scriptsOf(script),
    ...policy,
  });
  return { ...scripted, member, said };
}

test('reject in TCP_ACCEPTED resets the client, and no server hears of it', async (context) => {
  const { running, port, member } = await scene(
    context,
    `when TCP_ACCEPTED { TCP:reject() }
     when SERVER_BEFORE_CONNECT { log("connecting") }
     when TCP_CLOSED { log("closed, holding %d", TCP:count()) }`,
    { trafficLog: true },
  );
  // One after another: of those that come at once, one may be held when the close of another is told.
  for (let told = 1; told <= 3; told += 1) {
    assert.deepEqual(await running.open(1, port), ['reset']);
    await until('its close is told', () => linesOf(running).length === told);
  }
  await running.untilIdle();
  await until('all is told', () => linesOf(running).length === 3 && running.traffic.length === 3);
  assert.deepEqual(linesOf(running), Array(3).fill('closed, holding 0'));
  assert.ok(running.traffic.every(({ cause }) => cause === 'script'));
  assert.equal(member.accepted, 0);
});

test('reject in STREAM_REQUEST_DATA resets both sides, and the data at hand does not pass', async (context) => {
  const { running, port, member, said } = await scene(
    context,
    `when STREAM_REQUEST_DATA { if TCP:receive():find("evil") then TCP:reject() end }
     when SERVER_CLOSED { log("server closed") }
     when TCP_CLOSED { log("client closed") }`,
  );
  const good = talk(port, 'good', 'end');
  assert.deepEqual((await good).received, '!good');
  assert.equal((await talk(port, 'evil')).error, 'ECONNRESET');
  await running.untilIdle();
  await until('all is told', () => linesOf(running).length === 4);
  assert.deepEqual(linesOf(running), Array(2).fill(['server closed', 'client closed']).flat());
  assert.equal(textOf(said), 'good');
  assert.equal(member.accepted, 2);
});

test('reject by what the client says first: no server is chosen for it', async (context) => {
  const { running, port, member } = await scene(
    context,
    `when STREAM_CLIENT_INIT { if TCP:peek(4) ~= "GOOD" then TCP:reject() end }
     when STREAM_REQUEST_DATA { log("%s", TCP:receive(6)) }`,
  );
  assert.equal((await talk(port, 'GOOD day', 'end')).received, '!GOOD day');
  assert.equal(member.accepted, 1);
  assert.equal((await talk(port, 'BAD')).error, 'ECONNRESET');
  // A client that ends without a word is one that says nothing.
  assert.equal((await talk(port, '', 'end')).error, 'ECONNRESET');
  await running.untilIdle();
  assert.equal(member.accepted, 1);
  await until('it is told', () => linesOf(running).length > 0);
  assert.deepEqual(linesOf(running), ['GOOD d']);
});

test('close in TCP_ACCEPTED ends the connection orderly, after what was sent', async (context) => {
  const { running, port, member } = await scene(
    context,
    'when TCP_ACCEPTED { log("%s", TCP:send("busy\\n")) TCP:close() log("%s", TCP:after_timer_set("f", 1, false)) }',
  );
  const { received, error } = await talk(port);
  assert.deepEqual([received, error], ['busy\n', '']);
  assert.equal(member.accepted, 0);
  await running.untilIdle();
  await until('it is told', () => linesOf(running).length === 2);
  assert.deepEqual(linesOf(running), ['true', 'false']);
});

test('close in an event of the server gives both sides their end, and one that stays is reset', async (context) => {
  const { running, port, member } = await scene(
    context,
    'when STREAM_RESPONSE_DATA { if TCP:receive():find("quit") then TCP:close() end }',
  );
  const { received, error } = await talk(port, 'quit');
  assert.equal(error, '');
  // The greeting may have come together with what is dropped.
  assert.match(received, /^!?$/);
  await until('the server has its end', () => member.sockets.size === 0);
  const stubborn = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
  stubborn.write('quit');
  stubborn.resume();
  await running.untilIdle();
  stubborn.destroy();
});

test('set_snat_ip gives the connection to the server its address, and its port', async (context) => {
  const seen: string[] = [];
  const member = await startMember(context, (socket) => {
    seen.push(`${socket.remoteAddress} ${socket.remotePort}`);
    echo(socket);
  });
  const fixed = await freePort();
  const { running, port, change } = await startScripted(context, { members: [memberOf(member.port)] });
  const seenWith = async (script: string): Promise<string> => {
    await change({ scripts: scriptsOf(script) });
    assert.deepEqual(await running.open(1, port), ['admitted']);
    running.clients.at(-1)?.close();
    await running.untilIdle();
    return seen.at(-1) ?? '';
  };
  assert.match(await seenWith('when TCP_ACCEPTED { TCP:set_snat_ip("127.0.0.9") }'), /^127\.0\.0\.9 \d+$/);
  assert.match(
    await seenWith('when SERVER_BEFORE_CONNECT { TCP:set_snat_ip("127.0.0.7") }'),
    /^127\.0\.0\.7 /,
  );
  assert.equal(
    await seenWith(`when TCP_ACCEPTED { TCP:set_snat_ip("127.0.0.9:${fixed}") }`),
    `127.0.0.9 ${fixed}`,
  );
  assert.match(await seenWith('when TCP_ACCEPTED { TCP:set_snat_ip("::ffff:127.0.0.8") }'), /^127\.0\.0\.8 /);
  const cleared =
    'when TCP_ACCEPTED { TCP:set_snat_ip("127.0.0.9") log("%s", TCP:clear_snat_ip()) log("%s", TCP:clear_snat_ip()) }';
  assert.match(await seenWith(cleared), /^127\.0\.0\.1 /);
  // The server has an address of IPv4: nothing of IPv6 can reach it.
  assert.match(await seenWith('when TCP_ACCEPTED { log("%s", TCP:set_snat_ip("::1")) }'), /^127\.0\.0\.1 /);
  // The port is that of the member, which listens there.
  const taken = `when TCP_ACCEPTED { log("%s", TCP:set_snat_ip("127.0.0.1:${member.port}")) }`;
  assert.match(await seenWith(taken), /^127\.0\.0\.1 /);
  await until('it is told', () => linesOf(running).length === 4);
  assert.deepEqual(linesOf(running), ['true', 'false', 'false', 'false']);
});

test('a source that no member can be reached from is that member failing, and the client is told', async (context) => {
  const member = await startMember(context, echo, '::1');
  const dual = await startMember(context);
  const members = [
    memberOf(member.port, { id: 1, address: '::1' }),
    memberOf(dual.port, { id: 2, backup: true }),
  ];
  const { running, port } = await startScripted(context, {
    members,
    scripts: scriptsOf('when TCP_ACCEPTED { log("%s", TCP:set_snat_ip("127.0.0.6")) }'),
  });
  assert.deepEqual(await running.open(1, port), ['admitted']);
  assert.equal(member.accepted, 0);
  assert.equal(dual.accepted, 1);
  assert.deepEqual(
    [...dual.sockets].map(({ remoteAddress }) => remoteAddress),
    ['127.0.0.6'],
  );
});

test('timers run with the connection: once, again and again, cancelled from within, and never after it', async (context) => {
  const { running, port } = await scene(
    context,
    `when TCP_ACCEPTED {
       ticks = 0
       tick = function()
         ticks = ticks + 1
         log("tick %d of %s", ticks, IP:client_addr())
         if ticks == 3 then log("cancelled: %s", TCP:after_timer_cancel("tick")) end
       end
       once = function() TCP:send("time") end
       never = function() log("never") end
       log("%s %s", TCP:after_timer_set("tick", 5, true), TCP:after_timer_set("nothing", 5, true))
       log("%s", TCP:after_timer_get("tick"))
       TCP:after_timer_set("once", 10, false)
       TCP:after_timer_set("never", 60000, true)
       TCP:after_timer_set("never", 30000, false)
       log("%d", #TCP:after_timer_get())
     }
     when STREAM_REQUEST_DATA { log("cancelled: %s", TCP:after_timer_cancel("once")) }`,
  );
  assert.deepEqual(await running.open(1, port), ['admitted']);
  const [client] = running.clients;
  await until('the server has greeted, and the timer has', () => client?.received === 1 + 'time'.length);
  await until('it has ticked', () => linesOf(running).length === 7);
  client?.socket.write('x');
  await until('the timer that is over was looked for', () => linesOf(running).length === 8);
  client?.socket.destroy();
  await running.untilIdle();
  assert.deepEqual(linesOf(running), [
    'true false',
    "'tick':5:periodic",
    '3',
    'tick 1 of 127.0.0.1',
    'tick 2 of 127.0.0.1',
    'tick 3 of 127.0.0.1',
    'cancelled: true',
    'cancelled: false',
  ]);
});

test('replace changes what passes, both ways and to any length; bytes stay bytes', async (context) => {
  const { port, said } = await scene(
    context,
    `when STREAM_REQUEST_DATA { TCP:replace((TCP:receive():gsub("secret", ("*"):rep(1000)))) }
     when STREAM_RESPONSE_DATA { TCP:replace((TCP:receive():gsub("[\\0\\255]", "")) .. "\\0\\xfe") }`,
  );
  const { received } = await talk(port, 'a secret', 'end');
  assert.equal(textOf(said), `a ${'*'.repeat(1000)}`);
  assert.equal(received.replaceAll('\0\xfe', ''), `!a ${'*'.repeat(1000)}`);
  assert.ok(received.endsWith('\0\xfe'));
});

test('replace has its limit: what is beyond it is an error, and what is at hand passes', async (context) => {
  const { running, port } = await scene(
    context,
    `when RULE_INIT { most = ("x"):rep(262144) more = most .. "x" }
     when STREAM_REQUEST_DATA priority 1 { log("%s", TCP:replace(most)) TCP:replace("y") }
     when STREAM_REQUEST_DATA priority 2 { TCP:replace(more) }`,
  );
  assert.equal((await talk(port, 'text', 'end')).received, '!y');
  await until('it is told', () => linesOf(running).length === 2);
  assert.deepEqual(linesOf(running), ['true', 'error: s1:3: TCP:replace: 262144 bytes at most, not 262145']);
});

test('much data through a script, to a server that reads slowly, arrives whole and in order', async (context) => {
  const size = 8 * 1024 * 1024;
  const sent = Buffer.alloc(size, 'abcdefghijklmnopqrstuvwxyz0123456789-');
  const got: Buffer[] = [];
  const member = await startMember(context, (socket) => {
    socket.on('data', (chunk: Buffer) => {
      got.push(chunk);
      socket.pause();
      setImmediate(() => socket.resume());
    });
    socket.on('end', () => socket.end('done'));
  });
  const { running, port } = await startScripted(context, {
    members: [memberOf(member.port)],
    scripts: scriptsOf('when STREAM_REQUEST_DATA { TCP:replace(TCP:receive()) }'),
    trafficLog: true,
  });
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  client.end(sent);
  let received = '';
  for await (const chunk of client) received += String(chunk);
  assert.equal(received, 'done');
  assert.ok(Buffer.concat(got).equals(sent));
  await running.untilIdle();
  await until('it is told', () => running.traffic.length === 1);
  assert.deepEqual(
    running.traffic.map(({ received: from, sent: to, cause }) => [from, to, cause]),
    [[size, 4, 'finished']],
  );
});

test('replace with nothing drops what is at hand', async (context) => {
  const { port, said } = await scene(context, 'when STREAM_REQUEST_DATA { TCP:replace("") }');
  assert.equal((await talk(port, 'gone', 'end')).received, '!');
  assert.equal(textOf(said), '');
});

test('send writes to the side of the event, before the data at hand', async (context) => {
  const { port, said } = await scene(
    context,
    `when TCP_ACCEPTED { TCP:send("<") }
     when SERVER_CONNECTED { TCP:send("hello ") }
     when STREAM_REQUEST_DATA { TCP:send(">") }`,
  );
  const { received } = await talk(port, 'client', 'end');
  assert.equal(textOf(said), 'hello client');
  assert.equal([...received].sort().join(''), [...'<>!hello client'].sort().join(''));
  assert.ok(received.startsWith('<'));
});

test('addresses of both sides, the pool and the server, as the sockets have them', async (context) => {
  const { running, port, member } = await scene(
    context,
    `when TCP_ACCEPTED {
       log("%s %s %s:%s %s", IP:client_addr(), IP:client_ip_ver(), IP:local_addr(), IP:local_port(), IP:remote_port() == IP:client_port())
       log("%s %s", LB:get_current_routing(), table.concat(LB:get_valid_routing(), ","))
       log("%s %s", LB:routing("servers"), LB:routing("others"))
     }
     when SERVER_CONNECTED { log("%s:%s %s", IP:server_addr(), IP:server_port(), IP:remote_port()) log("%s", IP:local_port()) }
     when TCP_CLOSED { log("%s", IP:server_port()) }`,
  );
  await running.open(1, port);
  const ports = [...member.sockets].map(({ remotePort }) => String(remotePort));
  running.clients[0]?.close();
  await running.untilIdle();
  await until('all is told', () => linesOf(running).length === 6);
  assert.deepEqual(linesOf(running), [
    `127.0.0.1 4 127.0.0.1:${port} true`,
    'servers servers',
    'true false',
    `127.0.0.1:${member.port} ${member.port}`,
    ...ports,
    `${member.port}`,
  ]);
});

test('a script chooses the server by name, by address or by the method, and gives back what it does not use', async (context) => {
  const one = await startMember(context);
  const other = await startMember(context);
  const members = [memberOf(one.port, { connectionLimit: 2 }), memberOf(other.port)];
  const { running, port, change } = await startScripted(context, { members });
  const chosen = async (script: string): Promise<string> => {
    await change({ scripts: scriptsOf(`when TCP_ACCEPTED { ${script} }`) });
    const before = [one.accepted, other.accepted];
    const [outcome] = await running.open(1, port);
    running.clients.at(-1)?.close();
    await running.untilIdle();
    if (one.accepted > (before[0] ?? 0)) return `${outcome} one`;
    return other.accepted > (before[1] ?? 0) ? `${outcome} other` : `${outcome} none`;
  };
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(await chosen(`LB:set_real_server("127.0.0.1:${one.port}")`), 'admitted one');
    assert.equal(await chosen(`LB:set_peer("127.0.0.1", ${other.port})`), 'admitted other');
    assert.equal(
      await chosen(`LB:set_peer("127.0.0.1", ${one.port}) LB:set_peer("127.0.0.1", ${other.port})`),
      'admitted other',
    );
    assert.equal(await chosen(`LB:set_peer("127.0.0.1", ${one.port}) TCP:reject()`), 'reset none');
  }
  assert.match(await chosen('log("%s", LB:method_assign_server())'), /^admitted o/);
  await chosen('log("%s", LB:set_peer("127.0.0.1", 9))');
  await until('it is told', () => linesOf(running).length === 2);
  assert.match(linesOf(running)[0] ?? '', /^127\.0\.0\.1:\d+$/);
  assert.equal(linesOf(running)[1], 'false');
});

test('close, when a server is about to be connected to, leaves no place taken', async (context) => {
  const member = await startMember(context);
  const { running, port, change } = await startScripted(context, {
    members: [memberOf(member.port, { connectionLimit: 1 })],
    scripts: scriptsOf('when SERVER_BEFORE_CONNECT { TCP:sockopt{op = "get", message = "tos"} TCP:close() }'),
  });
  assert.deepEqual(await running.open(3, port), ['closed', 'closed', 'closed']);
  for (const client of running.clients) client.close();
  await running.untilIdle();
  assert.equal(member.accepted, 0);
  await change({ scripts: [] });
  assert.deepEqual(await running.open(1, port), ['admitted']);
});
