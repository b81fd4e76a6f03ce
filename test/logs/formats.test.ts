import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { formats } from '../../src/logs/destinations/syslog/formats.ts';
import { attackRecord } from '../../src/logs/kinds/attack.ts';
import { fieldValues, printLine, readLine } from '../../src/logs/records/key-value-line.ts';
import { numbered } from '../../src/logs/records/record.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';
import { policy, record, rule } from './records.ts';

const names = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 63 }).map((text) => text.toWellFormed()),
  fc.string({
    unit: fc.constantFrom(...'"\\\n\t\r =|,x7\u2028\u0085😀', '\\n', '" policy="'),
    maxLength: 20,
  }),
  fc.nat().map(String),
);

const whole = fc
  .record({
    name: names,
    service: names,
    ruleName: names,
    source: fc.constantFrom('203.0.113.7', '2001:db8::1'),
  })
  .map(({ name, service, ruleName, source }) =>
    numbered(
      attackRecord(
        { ...record, source },
        { ...policy, name, services: [{ name: service, port: 80 }], rule: { ...rule, name: ruleName } },
      ),
      { deviceName: 'Levee', messageId: 42 },
    ),
  );

/** Without the escapes of control characters, and of what they are told from. */
function unescaped(text: string): string {
  return text.replace(/\\(u[0-9a-f]{4}|.)/gs, (_, what: string) =>
    what.length > 1
      ? String.fromCharCode(Number.parseInt(what.slice(1), 16))
      : ({ n: '\n', r: '\r', t: '\t' }[what] ?? what),
  );
}

suite('a record in each format', () => {
  test('is one line', () => {
    fc.assert(
      fc.property(whole, (one) => {
        for (const format of Object.values(formats))
          assert.doesNotMatch(format(one), /[\p{Cc}\u2028\u2029]/u);
      }),
    );
  });

  test('default reads back to the same values', () => {
    fc.assert(
      fc.property(whole, ({ fields }) => assert.deepEqual(readLine(printLine(fields)), fieldValues(fields))),
    );
  });

  test('json reads back to the same values', () => {
    fc.assert(
      fc.property(whole, (one) => assert.deepEqual(JSON.parse(formats.json(one)), fieldValues(one.fields))),
    );
  });

  test('csv reads back to the same values', () => {
    const cells = (line: string): string[] =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
      );
    fc.assert(
      fc.property(whole, (one) => {
        const read = cells(formats.csv(one)).map((cell) => unescaped(cell));
        assert.deepEqual(
          read,
          one.fields.map(({ key, value }) => `${key}=${value}`),
        );
      }),
    );
  });

  test('cef reads back to the same names', () => {
    fc.assert(
      fc.property(whole, (one) => {
        const line = formats.cef(one);
        const parts = line.split(/(?<=(?:^|[^\\])(?:\\\\)*)\|/);
        assert.deepEqual(parts.slice(0, 5), ['CEF:0', 'Levee', 'Levee', '1', '20000010']);
        const pairs = parts
          .slice(7)
          .join('|')
          .split(/ (?=\w+=)/);
        const read = new Map(
          pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
        );
        const values = fieldValues(one.fields);
        assert.equal(unescaped(read.get('leveePolicy') ?? ''), values['policy']);
        assert.equal(unescaped(read.get('leveeRule') ?? ''), values['rule']);
        assert.equal(unescaped(read.get('app') ?? ''), values['service']);
      }),
    );
  });

  test('cef says what FortiWeb says, in its own words', () => {
    const one = numbered(attackRecord(record, { ...policy, name: 'a=b|c\\d' }), {
      deviceName: 'Levee',
      messageId: 42,
    });
    assert.equal(
      formats.cef(one),
      'CEF:0|Levee|Levee|1|20000010|DoS Attack: TCP Flood Prevention Violation|9|rt=1795169742000 externalId=000000000042 dvchost=Levee cat=attack leveeMainType=DoS Protection leveeSubType=TCP Flood Prevention leveeTriggerPolicy=Server_Policy_Trigger leveeSeverityLevel=Medium proto=tcp app=HTTP act=Alert_Deny leveePolicy=a\\=b|c\\\\d src=203.0.113.7 spt=40112 dst=198.51.100.10 dpt=80 msg=DoS Attack: TCP Flood Prevention Violation leveeRule=Web Portal Network Connect Limit leveePhase=start leveeThreshold=10 leveeOpen=10 leveePeak=10 cnt=1 leveeWouldRefuse=1',
    );
    const long = numbered(attackRecord({ ...record, source: '2001:db8::7' }, policy), {
      deviceName: 'Levee',
      messageId: 42,
    });
    assert.match(formats.cef(long), / c6a2=2001:db8::7 c6a2Label=Source IPv6 Address spt=/);
  });
});
