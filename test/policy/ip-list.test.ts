import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import { lookUp } from '../../src/net/address-map.ts';
import { compileSnapshot } from '../../src/policy/compile.ts';
import { expiredLists, nextExpiry } from '../../src/policy/ip-list.ts';
import { Reading } from '../../src/policy/reading.ts';
import { ALLOWED, BLACK, type PolicySnapshot, TRUSTED } from '../../src/policy/snapshot.ts';
import { words } from '../verdict/addresses.ts';
import { addPolicy, newRows, to } from './configuration.ts';

const catalogue = await loadCatalogue();
const profile = 'waf web-protection-profile inline-protection';

type Member = { readonly type?: string; readonly ip: string; readonly expires?: string };

const noon = Date.parse('2026-11-30T12:00:00Z');

/** The policy of a configuration with one list, of which the profile may know nothing. */
function compiled(members: readonly Member[], fields = {}, isNamed = true): PolicySnapshot | undefined {
  const rows = newRows();
  rows.add('log trigger-policy', 'On call');
  const list = rows.add('waf ip-list', 'Portal', fields);
  members.forEach((member, index) => {
    rows.add('waf ip-list members', String(index + 1), member, list);
  });
  rows.add(profile, 'Portal', isNamed ? { 'ip-list-policy': to('waf ip-list', 'Portal') } : {});
  addPolicy(rows, 'web', [{ vip: '192.0.2.1/32' }], { 'web-protection-profile': to(profile, 'Portal') });
  return compileSnapshot(new Reading(catalogue, rows), {
    isLocal: () => false,
    now: noon,
    interfaces: () => new Map(),
  }).policies[0];
}

suite('the IP list of a policy', () => {
  test('is the one that its profile names, with its defaults', () => {
    const { addresses, ...rest } = compiled([{ ip: '192.0.2.9' }])?.ipList ?? {};
    assert.deepEqual(rest, {
      name: 'Portal',
      action: 'alert_deny',
      blockPeriod: 60,
      severity: 'Medium',
      triggerPolicy: '',
      allowOnly: false,
      expires: null,
    });
    assert.ok(addresses !== undefined);
    assert.equal(lookUp(new Int32Array(addresses), words('192.0.2.9')), TRUSTED);
  });

  test('is none when the profile names none, or when it has no members', () => {
    assert.equal(compiled([{ ip: '192.0.2.9' }], {}, false)?.ipList, null);
    assert.equal(compiled([])?.ipList, null);
  });

  test('says what is set in it', () => {
    const fields = {
      action: 'block-period',
      'block-period': 600,
      severity: 'High',
      'trigger-policy': to('log trigger-policy', 'On call'),
    };
    const list = compiled([{ ip: '192.0.2.9', type: 'allow-only-ip' }], fields)?.ipList;
    assert.equal(list?.action, 'block-period');
    assert.equal(list.blockPeriod, 600);
    assert.equal(list.severity, 'High');
    assert.equal(list.triggerPolicy, 'On call');
    assert.equal(list.allowOnly, true);
  });

  test('has members until they expire, and who alone was let in then leaves the door shut', () => {
    const later = { ip: '192.0.2.3', expires: '2026-11-30T13:00:00Z' };
    const over = { ip: '192.0.2.2', expires: '2026-11-30T12:00:00Z' };
    const list = compiled([
      { ip: '192.0.2.1' },
      over,
      later,
      { ...later, expires: '2026-12-01T00:00:00Z' },
    ])?.ipList;
    assert.ok(list !== undefined && list !== null);
    const marks = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((text) =>
      lookUp(new Int32Array(list.addresses), words(text)),
    );
    assert.deepEqual(marks, [TRUSTED, 0, TRUSTED]);
    assert.equal(list.expires, noon + 3_600_000);
    assert.equal(compiled([over])?.ipList, null);
    const alone = compiled([{ ...over, type: 'allow-only-ip' }])?.ipList;
    assert.deepEqual([alone?.allowOnly, alone?.expires], [true, null]);
    assert.equal(alone && lookUp(new Int32Array(alone.addresses), words('192.0.2.2')), 0);
    const policies = [compiled([later]), compiled([{ ip: '192.0.2.1' }])].flatMap((policy) => policy ?? []);
    assert.equal(nextExpiry({ policies }), noon + 3_600_000);
    assert.deepEqual(expiredLists({ policies }, noon + 3_599_999), []);
    assert.deepEqual(expiredLists({ policies: [...policies, ...policies] }, noon + 3_600_000), ['Portal']);
    assert.equal(nextExpiry({ policies: [] }), null);
  });

  test('holds every member, and all that one says', () => {
    const list = compiled([
      { type: 'black-ip', ip: '203.0.113.0/24,2001:db8::1-2001:db8::ff' },
      { type: 'trust-ip', ip: '203.0.113.7' },
      { type: 'allow-only-ip', ip: '0.0.0.0/0' },
    ])?.ipList;
    assert.ok(list !== undefined && list !== null);
    const map = new Int32Array(list.addresses);
    const marks = ['203.0.113.7', '203.0.113.8', '203.0.114.1', '2001:db8::80', '2001:db8::100'].map((text) =>
      lookUp(map, words(text)),
    );
    assert.deepEqual(marks, [BLACK | TRUSTED | ALLOWED, BLACK | ALLOWED, ALLOWED, BLACK, 0]);
  });
});
