import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defineEvent } from '../../src/events/descriptor.ts';
import { describe, named } from '../../src/events/events.ts';
import { started } from '../../src/events/lifecycle.ts';
import { memberDown, noMember } from '../../src/events/members.ts';
import { everyEvent } from './every-event.ts';

suite('an event', () => {
  test('is plain data, which crosses from a worker, and says there what it said here', () => {
    for (const event of everyEvent) assert.deepEqual(describe(structuredClone(event)), describe(event));
  });

  test('has a number of its own', () => {
    const ids = everyEvent.map((event) => describe(event).id);
    assert.equal(new Set(ids).size, ids.length);
  });

  test('of a policy gets the name of the policy, where it was raised with its row id', () => {
    const nameOf = (policy: number): string => `policy of row ${policy}`;
    const raised = noMember({ policy: 7, reason: 'all are down' });
    assert.deepEqual(named(raised, nameOf), { ...raised, policy: 'policy of row 7' });
    const other = noMember({ policy: 'web', reason: 'all are down' });
    assert.deepEqual(named(other, nameOf), other);
    const member = memberDown({ pool: 'servers', member: '192.0.2.1:80', reason: 'timed out' });
    assert.equal(named(member, nameOf), member);
  });

  test('is described by its own descriptor alone', () => {
    assert.throws(
      () => memberDown.describe(started({ revision: 1, workers: 1, engine: 'node' })),
      /started is no member-down/,
    );
  });

  test('has the details that apply, under the keys that are announced', () => {
    const opened = defineEvent({
      type: 'opened',
      id: '1',
      level: ({ port }) => (port < 1024 ? 'warning' : 'information'),
      action: 'open',
      text: ({ port }: { readonly port: number; readonly by: string | null }) => `port ${port} is open`,
      details: { port: ({ port }) => port, by: ({ by }) => by },
    });
    assert.deepEqual(opened.keys, ['port', 'by']);
    const { level, text, details } = opened.describe(opened({ port: 80, by: null }));
    assert.deepEqual([level, text, details], ['warning', 'port 80 is open', [['port', 80]]]);
  });
});
