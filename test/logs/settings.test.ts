import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import { compileLogging } from '../../src/logs/settings/settings.ts';
import { Reading } from '../../src/policy/reading.ts';
import { newRows, type Rows, to } from '../policy/configuration.ts';
import { emailPolicy, settings, syslogServer } from './settings.ts';

const catalogue = await loadCatalogue();

const mail = { mailfrom: 'a@example.com', mailto1: 'b@example.com', 'smtp-server': 'mail.example.com' };

function addServers(rows: Rows): void {
  const policy = rows.add('log syslog-policy', 'SIEM');
  rows.add('log syslog-policy syslog-server-list', '1', { server: '192.0.2.1' }, policy);
  rows.add('log syslog-policy syslog-server-list', '2', { server: 'b', proto: 'tls', format: 'cef' }, policy);
}

suite('the settings of the logs', () => {
  test('are the defaults where nothing is set', () => {
    assert.deepEqual(compileLogging(new Reading(catalogue, newRows())), { settings, objections: [] });
  });

  test('resolve what triggers name', () => {
    const rows = newRows();
    addServers(rows);
    const policy = rows.add('log email-policy', 'On call', {
      ...mail,
      mailto3: 'c@example.com',
      interval: 5,
      'connection-security': 'SSL/TLS',
    });
    rows.add('log trigger-policy', 'both', {
      'email-policy': to('log email-policy', 'On call'),
      'syslog-policy': to('log syslog-policy', 'SIEM'),
    });
    rows.add('log trigger-policy', 'nobody');
    rows.add('log event-log', '', { 'trigger-policy': to('log trigger-policy', 'both') });
    const compiled = compileLogging(new Reading(catalogue, rows)).settings;
    const [first, siem = 0] = compiled.triggers.get('both') ?? [];
    assert.equal(first, policy);
    assert.deepEqual(compiled.triggers.get('nobody'), []);
    assert.equal(compiled.eventTrigger, 'both');
    assert.deepEqual(
      compiled.destinations.get('syslog')?.map((server) => ({ ...server, id: 0 })),
      [
        syslogServer({ id: 0, policy: siem, server: '192.0.2.1' }),
        syslogServer({ id: 0, policy: siem, server: 'b', protocol: 'tls', format: 'cef' }),
      ],
    );
    assert.deepEqual(compiled.destinations.get('email'), [
      emailPolicy({
        id: policy,
        policy,
        from: 'a@example.com',
        to: ['b@example.com', 'c@example.com'],
        server: 'mail.example.com',
        security: 'SSL/TLS',
        // Without send-email-based-on-interval-time it is of no effect.
        interval: 0,
      }),
    ]);
  });

  test('object to what would send nothing', () => {
    const rows = newRows();
    rows.add('log email-policy', 'a', { ...mail, 'smtp-auth': 'enable', 'smtp-username': 'levee' });
    rows.add('log alertMail', '', { status: 'enable' });
    assert.deepEqual(
      compileLogging(new Reading(catalogue, rows)).objections.map(({ field }) => field),
      ['email-policy', 'smtp-password'],
    );
  });
});
