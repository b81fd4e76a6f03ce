import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { configurationEvents } from '../../src/daemon/configuration/configuration-events.ts';
import type { Event } from '../../src/events/events.ts';
import { trafficRecord } from '../../src/logs/kinds/traffic.ts';
import { Logs } from '../../src/logs/logs.ts';
import { readLine } from '../../src/logs/records/key-value-line.ts';
import type { Reason } from '../../src/verdict/table/reasons.ts';
import { everyEvent } from '../events/every-event.ts';
import { temporaryFolder } from '../running/folder.ts';
import { openLogs } from './open-logs.ts';
import { policy, record, rule, traffic } from './records.ts';
import { allWritten, settings } from './settings.ts';

const never = new AbortController().signal;
const login: Event = { type: 'login', user: 'admin', ui: 'console' };

function numbers(file: string): number[] {
  return [...readFileSync(file, 'utf8').matchAll(/^date=\S+ time=\S+ log_id=\S+ msg_id=(\d+) .*\n/gm)].map(
    ([, id]) => Number(id),
  );
}

suite('the logs', () => {
  test('number records in one row, over all files, runs and files put aside', async (context) => {
    const folder = temporaryFolder(context);
    const small = { ...settings, disk: { ...settings.disk, fileSize: 400 } };
    for (let run = 0; run < 3; run++) {
      const logs = new Logs({ folder, settings: small, reveal: ({ text }) => text });
      logs.violation(record, policy);
      logs.event(login);
      await logs.close();
    }
    appendFileSync(join(folder, 'event.log'), 'date=2026-11-20 time=10:1');
    const last = new Logs({ folder, settings: small, reveal: ({ text }) => text });
    last.event(login);
    await last.close();
    assert.deepEqual(numbers(join(folder, 'attack.log')), [5]);
    assert.deepEqual(numbers(join(folder, 'attack.log.2')), [1]);
    assert.deepEqual(numbers(join(folder, 'event.log')), [7]);
  });

  test('take no number from a name', async (context) => {
    const folder = temporaryFolder(context);
    const name = 'x\ndate=1 time=1 log_id=1 msg_id=000000000900 ';
    const first = new Logs({ folder, settings, reveal: ({ text }) => text });
    first.violation(record, { ...policy, name, rule: { ...rule, name } });
    await first.close();
    const second = new Logs({ folder, settings, reveal: ({ text }) => text });
    second.violation(record, policy);
    await second.close();
    assert.deepEqual(numbers(join(folder, 'attack.log')), [1, 2]);
  });

  test('hold exactly the violations there were, over configurations, reopening and the end', async (context) => {
    let now = 0;
    const { logs, folder } = openLogs(context, {}, { now: () => now });
    let given = 0;
    for (let step = 0; step < 5000; step++) {
      const source = `192.0.${(step >> 8) & 255}.${step & 255}`;
      const count = (step % 7) + 1;
      given += count;
      logs.violation({ ...record, source, count }, { ...policy, id: step % 3 });
      now += 97;
      if (step % 500 === 0) logs.configure({ ...settings, reportInterval: 1000 + step * 10 });
      if (step % 700 === 0) logs.reopen();
    }
    await logs.close();
    const lines = readFileSync(join(folder, 'attack.log'), 'utf8').split('\n').slice(0, -1).map(readLine);
    assert.equal(
      lines.reduce((sum, { count }) => sum + Number(count), 0),
      given,
    );
    assert.ok(lines.some(({ sources }) => Number(sources) > 1));
  });

  test('write a record only where it is severe enough, and nothing that is switched off', async (context) => {
    const { logs, folder } = openLogs(context, {
      disk: { ...settings.disk, severity: 'alert' },
      written: allWritten,
    });
    logs.violation(record, policy);
    logs.event(login);
    logs.event({ type: 'no-member', policy: 'web', reason: 'all are down' });
    logs.record(trafficRecord(traffic, policy));
    logs.configure({ ...settings, written: new Set() });
    logs.violation(record, policy);
    logs.event({ type: 'no-member', policy: 'web', reason: 'all are down' });
    logs.record(trafficRecord(traffic, policy));
    logs.configure({ ...settings, disk: { ...settings.disk, enabled: false } });
    logs.violation(record, policy);
    await logs.close();
    assert.equal(numbers(join(folder, 'attack.log')).length, 1);
    assert.deepEqual(numbers(join(folder, 'event.log')), [3]);
    assert.equal(existsSync(join(folder, 'traffic.log')), false);
  });

  test('tell their followers of each record of a kind, until they have enough', (context) => {
    const { logs } = openLogs(context, { written: allWritten });
    const seen: unknown[] = [];
    const unfollow = logs.follow('traffic', ({ line, fields }) => {
      assert.deepEqual(readLine(line), fields);
      seen.push(fields['reason'], fields['duration']);
    });
    logs.event(login);
    logs.record(trafficRecord(traffic, policy));
    logs.record(trafficRecord({ ...traffic, cause: 'idle', duration: 90 }, policy));
    unfollow();
    logs.record(trafficRecord(traffic, policy));
    assert.deepEqual(seen, ['none', 1.235, 'idle', 0.09]);
  });

  test('give back the newest records that match, with those just written and those put aside', async (context) => {
    const { logs } = openLogs(context, { disk: { ...settings.disk, fileSize: 3000, files: 99 } });
    for (let count = 0; count < 50; count++) {
      logs.violation({ ...record, source: `192.0.2.${count % 10}` }, policy);
    }
    const found = await logs.records.newest('attack', 3, ({ src }) => src === '192.0.2.4', never);
    assert.deepEqual(
      found.map(({ fields }) => fields['msg_id']),
      ['000000000025', '000000000035', '000000000045'],
    );
    assert.deepEqual(await logs.records.newest('event', 3, () => true, never), []);
    assert.deepEqual(await logs.records.newest('attack', 3, () => true, AbortSignal.abort()), []);
  });

  test('go on in a new file when the old one was moved', async (context) => {
    const { logs, folder } = openLogs(context);
    logs.event(login);
    logs.flush();
    renameSync(join(folder, 'event.log'), join(folder, 'event.log.old'));
    logs.event(login);
    await logs.close();
    assert.deepEqual(numbers(join(folder, 'event.log')), [2]);
  });

  test('know every key that they write', (context) => {
    const { logs } = openLogs(context, { written: allWritten });
    const keys = new Set<string>();
    for (const kind of ['attack', 'event', 'traffic'] as const) {
      logs.follow(kind, ({ fields }) => {
        for (const key of Object.keys(fields)) keys.add(key);
      });
    }
    const reasons: readonly Reason[] = ['connections', 'silent', 'black-ip', 'allow-only'];
    for (const reason of reasons) {
      logs.violation({ ...record, reason }, policy);
      logs.violation({ ...record, reason, phase: 'end' }, policy);
    }
    logs.violation({ ...record, kernelRefused: 3, elsewhere: 2 }, policy);
    for (let count = 0; count < 100; count++) logs.violation(record, policy);
    logs.record(trafficRecord(traffic, policy));
    for (const event of everyEvent) logs.event(event);
    logs.follow('attack', ({ fields }) => assert.ok('sources' in fields));
    assert.deepEqual([...keys.difference(logs.records.keys)], []);
    assert.deepEqual([...new Set(logs.records.keys.keys()).difference(keys)], ['sources']);
    assert.deepEqual(
      [...logs.records.keys].filter(([, help]) => help === ''),
      [],
      'each key is explained',
    );
  });
});

suite('an event', () => {
  test('has a log_id of its own', (context) => {
    const { logs } = openLogs(context);
    const ids: unknown[] = [];
    logs.follow('event', ({ fields }) => ids.push(fields['log_id']));
    for (const event of everyEvent) logs.event(event);
    assert.equal(new Set(ids).size, everyEvent.length);
  });

  test('that no file can take is told elsewhere', (context) => {
    const told: Event[] = [];
    const folder = temporaryFolder(context);
    mkdirSync(join(folder, 'event.log'));
    const { logs } = openLogs(context, {}, { folder, report: (event) => told.push(event) });
    logs.event(login);
    logs.flush();
    assert.deepEqual(
      told.map(({ type }) => type),
      ['login', 'log-file-failed'],
    );
  });

  test('is a line as FortiWeb writes it', async (context) => {
    const { logs } = openLogs(context);
    const seen: string[] = [];
    logs.follow('event', ({ line }) => seen.push(line));
    const changes = [
      {
        path: 'waf layer4-connection-flood-check-rule',
        keys: ['web "portal"'],
        kind: 'changed' as const,
        fields: { action: ['alert', 'block-period'] as const, 'block-period': [null, 60] as const },
      },
      {
        path: 'log email-policy',
        keys: ['a'],
        kind: 'created' as const,
        fields: { 'smtp-password': [null, '******'] as const },
      },
      {
        path: 'system vip',
        keys: ['gone'],
        kind: 'deleted' as const,
        fields: { vip: ['192.0.2.1/32', null] as const },
      },
      {
        path: 'waf ip-list',
        keys: ['branches'],
        kind: 'renamed' as const,
        fields: { name: ['offices', 'branches'] as const, severity: [null, 'High'] as const },
      },
    ];
    for (const event of configurationEvents({ user: 'admin', ui: 'console' }, 7, changes)) {
      logs.event(event);
    }
    assert.deepEqual(
      seen.map((line) => line.slice(line.indexOf(' type=') + 1)),
      [
        'type=event subtype="admin" pri=notice trigger_policy="" user="admin" ui="console" action=edit status=success msg="User admin changed waf layer4-connection-flood-check-rule \\"web \\"portal\\"\\" action from alert to block-period from console" revision=7 cfgpath="waf layer4-connection-flood-check-rule" cfgobj="web \\"portal\\"" cfgattr="action" old="alert" new="block-period"',
        'type=event subtype="admin" pri=notice trigger_policy="" user="admin" ui="console" action=edit status=success msg="User admin changed waf layer4-connection-flood-check-rule \\"web \\"portal\\"\\" block-period to 60 from console" revision=7 cfgpath="waf layer4-connection-flood-check-rule" cfgobj="web \\"portal\\"" cfgattr="block-period" old="" new="60"',
        'type=event subtype="admin" pri=notice trigger_policy="" user="admin" ui="console" action=add status=success msg="User admin added log email-policy \\"a\\", set smtp-password to ****** from console" revision=7 cfgpath="log email-policy" cfgobj="a" cfgattr="smtp-password" old="" new="******"',
        'type=event subtype="admin" pri=notice trigger_policy="" user="admin" ui="console" action=delete status=success msg="User admin deleted system vip \\"gone\\", with vip 192.0.2.1/32 from console" revision=7 cfgpath="system vip" cfgobj="gone" cfgattr="vip" old="192.0.2.1/32" new=""',
        'type=event subtype="admin" pri=notice trigger_policy="" user="admin" ui="console" action=rename status=success msg="User admin renamed waf ip-list \\"offices\\" to \\"branches\\" from console" revision=7 cfgpath="waf ip-list" cfgobj="branches" cfgattr="name" old="offices" new="branches"',
        'type=event subtype="admin" pri=notice trigger_policy="" user="admin" ui="console" action=edit status=success msg="User admin changed waf ip-list \\"branches\\" severity to High from console" revision=7 cfgpath="waf ip-list" cfgobj="branches" cfgattr="severity" old="" new="High"',
      ],
    );
  });

  test('fits into a datagram, whatever it is about', (context) => {
    const { logs } = openLogs(context);
    const seen: string[] = [];
    logs.follow('event', ({ line }) => seen.push(line));
    const long = Array.from({ length: 5000 }, () => '🌊');
    logs.event({ type: 'reloaded', revision: 1, failures: long });
    logs.event({ type: 'reloaded', revision: 1, failures: [`x${long.join('')}`] });
    for (const line of seen) {
      assert.ok(Buffer.byteLength(line) < 10_000);
      assert.ok(line.isWellFormed());
    }
  });

  test('a script or a long list is cut in the line of its change', () => {
    const text = 'é'.repeat(300);
    const changes = [
      { path: 'server-policy scripting', keys: ['a'], kind: 'changed', fields: { script: [text, 'short'] } },
    ] as const;
    const [event] = configurationEvents({ user: 'admin', ui: 'console' }, 7, changes);
    assert.ok(event?.type === 'configuration-changed');
    assert.equal(event.old, `${'é'.repeat(200)}... (300 characters)`);
    assert.equal(event.new, 'short');
  });

  test('of an import of very many rows is not one each', () => {
    const changes = Array.from({ length: 100_000 }, (_, index) => ({
      path: 'system vip',
      keys: [String(index)],
      kind: 'created' as const,
      fields: { vip: [null, '192.0.2.1/32'] as const },
    }));
    const events = configurationEvents({ user: 'admin', ui: 'import' }, 7, changes);
    assert.equal(events.length, 201);
    assert.deepEqual(events.at(-1), {
      type: 'configuration-changed-more',
      user: 'admin',
      ui: 'import',
      revision: 7,
      changes: 99_800,
    });
  });
});
