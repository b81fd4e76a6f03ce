import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { attackRecord } from '../../src/logs/kinds/attack.ts';
import { printLine, readLine } from '../../src/logs/records/key-value-line.ts';
import { numbered } from '../../src/logs/records/record.ts';
import type { Action, PolicySnapshot, Severity } from '../../src/policy/snapshot.ts';
import type { LogTime } from '../../src/time/log-time.ts';
import type { ViolationRecord } from '../../src/verdict/judge/records.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';
import { policy, record, rule } from './records.ts';

function timeOf(): LogTime {
  return { date: '2026-11-20', time: '10:15:42', zone: '(GMT+0:00)' };
}

function line(changed: Partial<PolicySnapshot> = {}, happened: Partial<ViolationRecord> = {}): string {
  const whole = attackRecord({ ...record, ...happened }, { ...policy, ...changed });
  return printLine(numbered(whole, { deviceName: 'Levee', messageId: 42, timeOf }).fields);
}

suite('an attack record', () => {
  test('is the line of the design, byte for byte', () => {
    assert.equal(
      line(),
      'date=2026-11-20 time=10:15:42 log_id=20000010 msg_id=000000000042 device_id=Levee vd="root" timezone="(GMT+0:00)" type=attack pri=alert main_type="DoS Protection" sub_type="TCP Flood Prevention" trigger_policy="Server_Policy_Trigger" severity_level=Medium proto=tcp service=HTTP action=Alert_Deny policy="web" src=203.0.113.7 src_port=40112 dst=198.51.100.10 dst_port=80 msg="DoS Attack: TCP Flood Prevention Violation" rule="Web Portal Network Connect Limit" phase=start threshold=10 open=10 peak=10 count=1 would_refuse=1',
    );
  });

  test('names the action as FortiWeb does, and under monitor-mode what was really done', () => {
    const actionOf = (action: Action, monitorMode: boolean): unknown =>
      readLine(line({ monitorMode, rule: { ...rule, action } }))['action'];
    const actions = ['alert', 'alert_deny', 'block-period', 'deny_no_log'] as const;
    assert.deepEqual(
      actions.map((action) => actionOf(action, false)),
      ['Alert', 'Alert_Deny', 'Period_Block', 'Deny_no_log'],
    );
    assert.deepEqual(new Set(actions.map((action) => actionOf(action, true))), new Set(['Alert']));
  });

  test('names every severity', () => {
    const severities: readonly Severity[] = ['High', 'Medium', 'Low', 'Info'];
    assert.deepEqual(
      severities.map((severity) => readLine(line({ rule: { ...rule, severity } }))['severity_level']),
      ['High', 'Medium', 'Low', 'Informative'],
    );
  });

  test('of a policy that has lost its rule still is a record', () => {
    const fields = readLine(line({ rule: null }));
    assert.deepEqual([fields['rule'], fields['trigger_policy'], fields['threshold']], ['', '', 10]);
  });

  test('is one line that can be read back, whatever the names in it', () => {
    const names = fc
      .oneof(
        fc.string({ unit: codePoint, maxLength: 63 }),
        fc.string({ unit: fc.constantFrom(...'"\\\n\t =x😀', '\\n', '" policy="'), maxLength: 20 }),
      )
      .map((text) => text.replace(/(?![\t\n])\p{Cc}/gu, ''))
      .filter((text) => text !== '');
    fc.assert(
      fc.property(names, names, names, names, (name, service, ruleName, triggerPolicy) => {
        const text = line({
          name,
          services: [{ name: service, port: 80 }],
          rule: { ...rule, name: ruleName, triggerPolicy },
        });
        assert.doesNotMatch(text, /[\r\n]/);
        const { policy: one, service: two, rule: three, trigger_policy: four, msg_id: five } = readLine(text);
        assert.deepEqual(
          [one, two, three, four, five],
          [name, service, ruleName, triggerPolicy, '000000000042'],
        );
      }),
    );
  });
});
