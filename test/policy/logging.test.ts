import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import { compileLogging } from '../../src/policy/logging/logging.ts';
import { settings } from '../logs/settings.ts';
import { newRows, type Rows, to } from './configuration.ts';

const catalogue = await loadCatalogue();

const mail = { mailfrom: 'a@example.com', mailto1: 'b@example.com', 'smtp-server': 'mail.example.com' };

function addServers(rows: Rows): void {
  const policy = rows.add('log syslog-policy', 'SIEM');
  rows.add('log syslog-policy syslog-server-list', '1', { server: '192.0.2.1' }, policy);
  rows.add('log syslog-policy syslog-server-list', '2', { server: 'b', proto: 'tls', format: 'cef' }, policy);
}

suite('the settings of the logs', () => {
  test('are the defaults where nothing is set', () => {
    assert.deepEqual(compileLogging(catalogue, newRows()), { settings, objections: [] });
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
    const compiled = compileLogging(catalogue, rows).settings;
    const [first, siem] = compiled.triggers.get('both') ?? [];
    assert.equal(first, policy);
    assert.deepEqual(compiled.triggers.get('nobody'), []);
    assert.equal(compiled.eventTrigger, 'both');
    assert.deepEqual(
      compiled.destinations.syslog.map(({ policy: of, server, port, protocol, format }) => [
        of === siem,
        server,
        port,
        protocol,
        format,
      ]),
      [
        [true, '192.0.2.1', 514, 'udp', 'default'],
        [true, 'b', 514, 'tls', 'cef'],
      ],
    );
    const [email] = compiled.destinations.email;
    assert.deepEqual(email?.to, ['b@example.com', 'c@example.com']);
    assert.equal(email?.security, 'SSL/TLS');
    // Without send-email-based-on-interval-time the interval is of no effect.
    assert.equal(email?.interval, 0);
  });

  test('object to what would send nothing', () => {
    const rows = newRows();
    rows.add('log email-policy', 'a', { ...mail, 'smtp-auth': 'enable', 'smtp-username': 'levee' });
    rows.add('log alertMail', '', { status: 'enable' });
    assert.deepEqual(
      compileLogging(catalogue, rows).objections.map(({ field }) => field),
      ['email-policy', 'smtp-password'],
    );
  });
});
