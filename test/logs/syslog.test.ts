import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Event } from '../../src/events/events.ts';
import type { SyslogServer } from '../../src/logs/destinations/syslog/settings.ts';
import type { LoggingSettings } from '../../src/logs/settings/settings.ts';
import type { LogLine } from '../../src/system/log-access.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { selfSigned } from './certificate.ts';
import { openLogs } from './open-logs.ts';
import { policy, record } from './records.ts';
import { allWritten, settings, syslogServer } from './settings.ts';
import { streamReceiver, udpReceiver } from './syslog-receivers.ts';

const admin = { name: 'admin', origin: 'console' };
const triggers = new Map([['Server_Policy_Trigger', [10]]]);

function toServers(...syslog: readonly SyslogServer[]): Pick<LoggingSettings, 'triggers' | 'destinations'> {
  return { triggers, destinations: new Map([['syslog', syslog]]) };
}

function numberOf(message: string): number {
  return Number(/ msg_id=(\d+) /.exec(message)?.[1]);
}

suite('syslog', () => {
  test('each server of a policy gets the record, in its own way and format', async (context) => {
    const [udp, tcp, other] = [
      await udpReceiver(context),
      await streamReceiver(context),
      await udpReceiver(context),
    ];
    const { logs } = openLogs(
      context,
      toServers(
        syslogServer({ id: 1, port: udp.port }),
        syslogServer({ id: 2, port: tcp.port, protocol: 'tcp', format: 'json' }),
        syslogServer({ id: 3, port: other.port, format: 'csv' }),
      ),
    );
    const written: LogLine[] = [];
    logs.follow('attack', (line) => written.push(line));
    logs.violation(record, policy);
    const [line] = written;
    const [[plain], [json], [csv]] = [
      await udp.received.atLeast(1),
      await tcp.received.atLeast(1),
      await other.received.atLeast(1),
    ];
    const header = '<185>1 2026-11-20T10:15:42.000Z Levee levee - attack - ';
    assert.equal(plain, `${header}${line?.line}`);
    assert.deepEqual(JSON.parse((json ?? '').slice(header.length)), line?.fields);
    assert.ok(csv?.startsWith(`${header}date=2026-11-20,time=`));
  });

  test('what nobody was to be told of is not sent', async (context) => {
    const { port, received } = await udpReceiver(context);
    const { logs } = openLogs(context, toServers(syslogServer({ port })));
    const rule = policy.rule === null ? null : { ...policy.rule, triggerPolicy: '' };
    logs.violation(record, { ...policy, rule });
    logs.event({ type: 'stopped' });
    logs.violation(record, policy);
    const [first] = await received.atLeast(1);
    assert.match(first ?? '', / msg_id=000000000003 /);
  });

  test('events go to the trigger policy of events, with their own priority', async (context) => {
    const { port, received } = await streamReceiver(context);
    const { logs } = openLogs(context, {
      ...toServers(syslogServer({ port, protocol: 'tcp' })),
      eventTrigger: 'Server_Policy_Trigger',
    });
    logs.event({
      type: 'login-refused',
      user: 'eve',
      ui: 'console',
      reason: 'wrong password',
      failures: 1,
      isMany: false,
    });
    const [message] = await received.atLeast(1);
    assert.match(
      message ?? '',
      /^<188>1 \S+ Levee levee - event - date=.* action=login status=failure msg="/,
    );
  });

  test('waits for a server that is away, and then sends all in order', async (context) => {
    const receiver = await streamReceiver(context);
    await receiver.stop();
    const { logs } = openLogs(context, toServers(syslogServer({ port: receiver.port, protocol: 'tcp' })));
    for (let count = 0; count < 50; count++) logs.violation(record, policy);
    await until('it was tried', () => logs.status()[0]?.lastError !== '');
    assert.match(logs.status()[0]?.lastError ?? '', /ECONNREFUSED/);
    await receiver.start();
    const messages = await receiver.received.atLeast(50);
    assert.deepEqual(
      messages.map(numberOf),
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    assert.deepEqual([logs.status()[0]?.dropped, logs.status()[0]?.lastError], [0, '']);
  });

  test('connects anew when a server has cut its connection', async (context) => {
    const receiver = await streamReceiver(context);
    const { logs } = openLogs(context, toServers(syslogServer({ port: receiver.port, protocol: 'tcp' })));
    logs.violation(record, policy);
    await receiver.received.atLeast(1);
    await receiver.stop();
    await receiver.start();
    // What is on its way when the connection is cut is lost: syslog has no receipt.
    await until('a record came over a new connection', () => {
      logs.violation(record, policy);
      return receiver.received.messages.length > 1;
    });
  });

  test('drops what a queue has no room for, says so once, and counts', async (context) => {
    const receiver = await streamReceiver(context);
    await receiver.stop();
    const server = syslogServer({ port: receiver.port, protocol: 'tcp' });
    const { logs } = openLogs(context, { ...toServers(server), written: allWritten });
    const events: LogLine[] = [];
    const { promise: over, resolve } = Promise.withResolvers<void>();
    logs.follow('event', (line) => {
      events.push(line);
      if (events.length === 2) resolve();
    });
    const many = 10_250;
    let now = 0;
    for (let policyId = 0; now < many; policyId++) {
      for (let line = 0; line < 100 && now < many; line++, now++)
        logs.violation(record, { ...policy, id: policyId });
    }
    const [before] = logs.status();
    assert.deepEqual([before?.queued, before?.dropped], [10_000, 250]);
    assert.deepEqual(
      events.map(({ fields }) => fields['action']),
      ['log'],
    );
    await receiver.start();
    const messages = await receiver.received.atLeast(10_000);
    await over;
    assert.match(messages[9999] ?? '', / msg_id=0000000\d+ /);
    assert.equal(events[1]?.fields['dropped'], 250);
    const [after] = logs.status();
    assert.deepEqual([after?.sent, after?.queued, after?.dropped, after?.lastError], [10_000, 0, 250, '']);
  });

  test('a changed server takes over what its predecessor had not sent', async (context) => {
    const [gone, there] = [await streamReceiver(context), await streamReceiver(context)];
    await gone.stop();
    const { logs } = openLogs(context, toServers(syslogServer({ port: gone.port, protocol: 'tcp' })));
    for (let count = 0; count < 20; count++) logs.violation(record, policy);
    logs.configure({ ...settings, ...toServers(syslogServer({ port: there.port, protocol: 'tcp' })) });
    logs.violation(record, policy);
    const messages = await there.received.atLeast(21);
    const numbers = messages.map(numberOf);
    assert.deepEqual(new Set(numbers), new Set(Array.from({ length: 21 }, (_, index) => index + 1)));
  });

  test('a commit that does not concern a server leaves its connection alone', async (context) => {
    const receiver = await streamReceiver(context);
    const servers = toServers(syslogServer({ port: receiver.port, protocol: 'tcp' }));
    const { logs } = openLogs(context, servers);
    logs.violation(record, policy);
    await receiver.received.atLeast(1);
    const [socket] = receiver.sockets;
    logs.configure(structuredClone({ ...settings, ...servers, deviceName: 'other' }));
    logs.violation(record, policy);
    await receiver.received.atLeast(2);
    assert.deepEqual([...receiver.sockets], [socket]);
  });

  test('sends all that is left when it is closed', async (context) => {
    const receiver = await streamReceiver(context);
    const { logs } = openLogs(context, toServers(syslogServer({ port: receiver.port, protocol: 'tcp' })), {
      lastPatience: 60_000,
    });
    for (let count = 0; count < 150; count++) logs.violation(record, policy);
    await logs.close();
    const messages = await receiver.received.atLeast(101);
    const counts = messages.map((message) => Number(/ count=(\d+) /.exec(message)?.[1]));
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      150,
    );
  });

  test('says what could not be sent any more when it is closed', async (context) => {
    const receiver = await streamReceiver(context);
    await receiver.stop();
    const told: Event[] = [];
    const server = syslogServer({ port: receiver.port, protocol: 'tcp' });
    const { logs, folder } = openLogs(context, toServers(server), { report: (event) => told.push(event) });
    for (let count = 0; count < 7; count++) logs.violation(record, policy);
    await logs.close();
    const destination = `syslog policy "${server.policyName}", 127.0.0.1:${receiver.port} (tcp)`;
    assert.deepEqual(told, [{ type: 'records-lost', destination, dropped: 7 }]);
    const lines = readFileSync(join(folder, 'event.log'), 'utf8');
    assert.match(lines, / msg="7 log records for .* were not sent in time, and are lost" .* dropped=7\n$/);
  });

  test('in CEF gives the time in whole milliseconds', async (context) => {
    const receiver = await udpReceiver(context);
    const server = syslogServer({ port: receiver.port, protocol: 'udp', format: 'cef' });
    const { logs } = openLogs(context, toServers(server));
    logs.violation({ ...record, time: 1795184791854.6025 }, policy);
    const [message] = await receiver.received.atLeast(1);
    assert.match(message ?? '', /\|rt=1795184791854 /);
  });

  test('over TLS only to a server whose certificate is valid, unless that is not wanted', async (context) => {
    const certificate = selfSigned(context);
    if (certificate === undefined) return;
    const receiver = await streamReceiver(context, certificate);
    const server = { port: receiver.port, protocol: 'tls' } as const;
    const strict = openLogs(context, toServers(syslogServer(server)));
    strict.logs.violation(record, policy);
    await receiver.mistrusted;
    const lax = openLogs(context, toServers(syslogServer({ ...server, verifyCertificate: false })));
    lax.logs.violation({ ...record, source: '203.0.113.8' }, policy);
    const [first] = await receiver.received.atLeast(1);
    assert.match(first ?? '', / src=203\.0\.113\.8 /);
  });

  test('with the framing, the header and the facility that each server wants', async (context) => {
    const receivers = [await streamReceiver(context), await udpReceiver(context)] as const;
    const [{ port }, { port: other }] = receivers;
    const old = { header: 'rfc3164', facility: 'local0' } as const;
    const { logs } = openLogs(
      context,
      toServers(
        syslogServer({ id: 1, port, protocol: 'tcp', framing: 'newline', facility: 'auth' }),
        syslogServer({ id: 2, port: other, ...old }),
      ),
    );
    // The ninth at five past three, where the machine is.
    const time = new Date(2026, 2, 9, 3, 5, 7).getTime();
    logs.violation({ ...record, time }, policy);
    logs.violation({ ...record, time, source: '203.0.113.8' }, policy);
    const [[first, second], [plain]] = [
      await receivers[0].received.atLeast(2),
      await receivers[1].received.atLeast(1),
    ];
    for (const message of [first, second])
      assert.match(message ?? '', /^<33>1 2026-03-0\dT\S+Z Levee levee - attack - date=/);
    assert.match(plain ?? '', /^<129>Mar {2}9 03:05:07 Levee levee: date=2026-03-09 time=03:05:07 /);
  });

  test('over TLS trusts the authorities of the server alone, and shows its certificate', async (context) => {
    const [one, other] = [selfSigned(context), selfSigned(context)];
    if (one === undefined || other === undefined) return;
    const receiver = await streamReceiver(context, { ...one, ca: other.cert, requestCert: true });
    const server = { port: receiver.port, protocol: 'tls', authorities: one.cert } as const;
    const identity = { certificate: other.cert, key: { text: other.key, destination: '' } };
    const tested = async (changed: Partial<SyslogServer>) => {
      const { logs } = openLogs(context, toServers(syslogServer({ ...server, ...changed })), {
        reveal: ({ text }) => text,
      });
      const [result] = await logs.test('Server_Policy_Trigger', admin, context.signal);
      return result;
    };
    const good = await tested({ identity });
    assert.match(
      good?.answer ?? '',
      /^TLSv1\.3, certificate of receiver until .*; sent, syslog has no answer$/,
    );
    assert.deepEqual([good?.isSent, good?.way], [true, 'octet-counting, rfc5424, local7, default']);
    const [message] = await receiver.received.atLeast(1);
    assert.match(
      message ?? '',
      / action=test status=success msg="admin tests who is told by trigger policy /,
    );
    const [unknown, nobody] = [await tested({ authorities: other.cert, identity }), await tested({})];
    assert.deepEqual([unknown?.isSent, nobody?.isSent], [false, false]);
    assert.match(unknown?.answer ?? '', /self.signed certificate/);
    assert.match(nobody?.answer ?? '', /certificate required|closed|ECONNRESET|reset/i);
  });

  test('each destination of a trigger policy is tested by itself, whatever waits for others', async (context) => {
    const { port, received } = await streamReceiver(context);
    const [silent, gone] = [await udpReceiver(context), await freePort()];
    const { logs } = openLogs(
      context,
      toServers(
        syslogServer({ id: 1, port, protocol: 'tcp', framing: 'newline' }),
        syslogServer({ id: 2, port: silent.port }),
        syslogServer({ id: 3, port: gone, protocol: 'tcp' }),
        syslogServer({ id: 4, policy: 99, port: gone }),
      ),
    );
    const results = await logs.test('Server_Policy_Trigger', admin, context.signal);
    assert.deepEqual(
      results.map(({ isSent, way }) => [isSent, way.split(',')[0]]),
      [
        [true, 'newline'],
        [true, 'datagram'],
        [false, 'octet-counting'],
      ],
    );
    assert.match(results[2]?.answer ?? '', /ECONNREFUSED/);
    await received.atLeast(1);
    await silent.received.atLeast(1);
    assert.deepEqual(await logs.test('nobody', admin, context.signal), []);
  });
});
