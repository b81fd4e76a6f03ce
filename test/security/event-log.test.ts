import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configurationChanged, login, loginRefused, logout } from '../../src/events/administration.ts';
import type { Event } from '../../src/events/events.ts';
import { stopped } from '../../src/events/lifecycle.ts';
import { eventsOmitted } from '../../src/events/logs.ts';
import { eventRecord } from '../../src/logs/kinds/event.ts';
import { fieldValues, printLine } from '../../src/logs/records/key-value-line.ts';
import { numbered } from '../../src/logs/records/record.ts';
import type { LogLine } from '../../src/system/log-access.ts';
import { FollowedLog } from '../cli/followed-log.ts';
import { openLevee, printed } from '../cli/in-process.ts';
import { until } from '../running/condition.ts';

const actor = { user: 'ann', ui: 'console' };

function change(path: string): Event {
  const what = { path, keys: ['a'], change: 'changed', field: 'comment', old: 'x', new: 'y' } as const;
  return configurationChanged({ ...actor, ...what, revision: 1 });
}

/** Each with the table or the matter that it tells of. */
const events: Readonly<Record<string, Event>> = {
  rule: change('waf layer4-connection-flood-check-rule'),
  account: change('system admin'),
  'sub-table': change('server-policy vserver vip-list'),
  'no table': change('waf of-another-levee'),
  login: login(actor),
  refused: loginRefused({ user: 'ann', ui: 'console', reason: 'wrong', failures: 1, isMany: false }),
  logout: logout({ ...actor, reason: null }),
  omitted: eventsOmitted({
    of: 'login-refused',
    count: 3,
    level: 'alert',
    isExpected: true,
    last: 'User ann',
  }),
  stop: stopped({}),
};

function lineOf(name: string, event: Event): LogLine {
  const { fields } = numbered(eventRecord(event, 0, ''), { deviceName: 'Levee', messageId: 1 });
  assert.match(printLine(fields), / type=event /);
  return { line: name, fields: fieldValues(fields) };
}

/** Areas that may be read, and what is seen with them. */
const seen: Readonly<
  Record<string, { readonly areas: readonly string[]; readonly events: readonly string[] }>
> = {
  logs: { areas: ['loggrp'], events: ['stop'] },
  rules: { areas: ['loggrp', 'wafgrp', 'traroutegrp'], events: ['rule', 'sub-table', 'stop'] },
  accounts: {
    areas: ['loggrp', 'admingrp'],
    events: Object.keys(events).filter((name) => !/rule|sub/.test(name)),
  },
  all: { areas: ['loggrp', 'wafgrp', 'traroutegrp', 'admingrp'], events: Object.keys(events) },
};

test('a log shows nobody what happened in an area that is closed to them', async (context) => {
  const levee = openLevee(context);
  for (const [name, { areas }] of Object.entries(seen)) {
    const profile = [`edit ${name}`, ...areas.map((area) => `set ${area} r`), 'next'].join('\n');
    const account = `edit ${name}\nset access-profile ${name}\nnext`;
    const text = `config system accprofile\n${profile}\nend\nconfig system admin\n${account}\nend\n`;
    assert.equal(printed(await levee.as('admin').import(text)), '');
  }
  for (const [name, { events: expected }] of Object.entries(seen)) {
    const log = new FollowedLog();
    const reader = levee.asAdministrator(name, log.system);
    let followed = '';
    const running = reader.session.execute('execute log tail event', (part) => {
      if (part.kind === 'output') followed += part.text;
    });
    await until('it follows', () => log.isFollowed);
    for (const [each, event] of Object.entries(events)) log.record(lineOf(each, event));
    await until('the last is shown', () => followed.endsWith('stop\n'));
    reader.session.interrupt();
    await running;
    const { output } = await reader.type('execute log display event');
    const lines = expected.map((each) => `${each}\n`).join('');
    assert.deepEqual([followed, output], [lines, lines], name);
  }
});
