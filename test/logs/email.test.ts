import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LoggingSettings } from '../../src/logs/settings/settings.ts';
import { until } from '../running/condition.ts';
import { selfSigned } from './certificate.ts';
import { mailReceiver } from './mail-receiver.ts';
import { openLogs } from './open-logs.ts';
import { policy, record, rule } from './records.ts';
import { emailPolicy, settings } from './settings.ts';

const triggers = new Map([['Server_Policy_Trigger', [20]]]);

function mailing(changed: Parameters<typeof emailPolicy>[0]): Partial<LoggingSettings> {
  return { triggers, destinations: new Map([['email', [emailPolicy(changed)]]]) };
}

suite('mail', () => {
  test('of one violation says who did what, to every recipient', async (context) => {
    const { port, mails, received } = await mailReceiver(context);
    const to = ['oncall@example.com', 'security@example.com', 'third@example.com'];
    const { logs } = openLogs(context, mailing({ port, to }));
    logs.violation(record, policy);
    await received.atLeast(1);
    const [mail] = mails;
    assert.equal(mail?.from, 'levee@example.com');
    assert.deepEqual(mail?.to, to);
    assert.equal(mail?.user, undefined);
    assert.equal(
      mail?.headers.get('subject'),
      '[Levee] 203.0.113.7 holds 10 connections, policy web (Alert_Deny)',
    );
    assert.equal(mail?.headers.get('auto-submitted'), 'auto-generated');
    assert.match(mail?.text ?? '', /Source +203\.0\.113\.7\r\n/);
    assert.match(mail?.text ?? '', /Holds +10 now, 10 at most; the limit is 10\r\n/);
    assert.match(mail?.text ?? '', /\r\ndate=2026-11-20 time=.* count=1 would_refuse=1\r\n/);
  });

  test('is one for all that came together', async (context) => {
    const { port, mails, received } = await mailReceiver(context);
    const { logs } = openLogs(context, mailing({ port }));
    for (let count = 1; count <= 30; count++)
      logs.violation({ ...record, source: `192.0.2.${count}` }, policy);
    await received.atLeast(1);
    assert.equal(mails[0]?.headers.get('subject'), '[Levee] 30 violations of policy web');
    for (let count = 1; count <= 30; count++) assert.ok(mails[0]?.text.includes(` src=192.0.2.${count} `));
    assert.equal(mails.length, 1);
    await until('it is noted', () => logs.status()[0]?.sent === 30);
  });

  test('with an interval waits for more; what waits is sent when Levee ends', async (context) => {
    const { port, mails } = await mailReceiver(context);
    const { logs } = openLogs(context, mailing({ port, interval: 3_600_000 }), { lastPatience: 60_000 });
    logs.violation(record, policy);
    await new Promise(setImmediate);
    logs.violation(record, policy);
    assert.equal(logs.status()[0]?.queued, 2);
    await logs.close();
    assert.equal(mails.length, 1);
    assert.equal(logs.status()[0]?.sent, 2);
  });

  test('goes over TLS, begun or from the start, after logging in', async (context) => {
    const certificate = selfSigned(context);
    if (certificate === undefined) return;
    const login = { user: 'levee', password: { text: 'secret', destination: 'there' } };
    for (const security of ['STARTTLS', 'SSL/TLS'] as const) {
      const secure = security === 'SSL/TLS';
      const { port, mails, received } = await mailReceiver(context, {
        certificate,
        secure,
        password: 'opened secret',
      });
      const { logs } = openLogs(context, mailing({ port, security, login, verifyCertificate: false }));
      logs.violation(record, policy);
      await received.atLeast(1);
      assert.deepEqual([mails[0]?.user, mails[0]?.encrypted], ['levee', true]);
    }
  });

  test('is not sent to a server whose certificate is not valid, or that has no TLS', async (context) => {
    const certificate = selfSigned(context);
    if (certificate === undefined) return;
    const strange = await mailReceiver(context, { certificate, secure: true });
    const bare = await mailReceiver(context);
    for (const [receiver, security, reason] of [
      [strange, 'SSL/TLS', /self-signed certificate/],
      [bare, 'STARTTLS', /STARTTLS/],
    ] as const) {
      const { logs } = openLogs(context, mailing({ port: receiver.port, security }));
      logs.violation(record, policy);
      await until('it was tried', () => logs.status()[0]?.lastError !== '');
      assert.match(logs.status()[0]?.lastError ?? '', reason);
      assert.equal(receiver.mails.length, 0);
    }
  });

  test('that the server does not take now is sent later', async (context) => {
    const { port, mails, received } = await mailReceiver(context, {
      refusal: (attempt) => (attempt < 4 ? 'come back later' : undefined),
    });
    const { logs } = openLogs(context, mailing({ port }));
    logs.violation(record, policy);
    await received.atLeast(1);
    assert.equal(mails.length, 1);
    await until('it is noted', () => logs.status()[0]?.sent === 1);
    assert.deepEqual([logs.status()[0]?.dropped, logs.status()[0]?.lastError], [0, '']);
  });

  test('with a wrong password fails without showing it', async (context) => {
    const { port } = await mailReceiver(context, { password: 'another one' });
    const login = { user: 'levee', password: { text: 'secret', destination: 'there' } };
    const { logs } = openLogs(context, mailing({ port, login }));
    logs.violation(record, policy);
    await until('it was tried', () => logs.status()[0]?.lastError !== '');
    const error = logs.status()[0]?.lastError ?? '';
    assert.match(error, /Invalid login/);
    assert.doesNotMatch(error, /secret/);
    assert.ok(!error.includes(Buffer.from('opened secret').toString('base64')));
  });

  test('with a password that can not be opened fails with what to do', async (context) => {
    const { port, mails } = await mailReceiver(context);
    const reveal = (): string => {
      throw new Error('set the password anew');
    };
    const login = { user: 'levee', password: { text: 'secret', destination: 'there' } };
    const { logs } = openLogs(context, mailing({ port, login }), { reveal });
    logs.violation(record, policy);
    await until('it was tried', () => logs.status()[0]?.lastError === 'set the password anew');
    assert.equal(mails.length, 0);
  });

  test('reaches those whom the server takes, and names those whom it does not', async (context) => {
    const { port, mails, received } = await mailReceiver(context, { refusedRecipient: 'gone@example.com' });
    const to = ['gone@example.com', 'oncall@example.com'];
    const { logs } = openLogs(context, mailing({ port, to }));
    logs.violation(record, policy);
    await received.atLeast(1);
    assert.deepEqual(mails[0]?.to, ['oncall@example.com']);
    await until('it is noted', () => logs.status()[0]?.lastError === 'the server refuses gone@example.com');
  });

  test('drops what there is no room for, and says how much', async (context) => {
    let open = false;
    const { port, received } = await mailReceiver(context, { refusal: () => (open ? undefined : 'no') });
    const { logs } = openLogs(context, { ...mailing({ port, severity: 'debug' }), alertMail: 20 });
    const dropped: unknown[] = [];
    logs.follow('event', ({ fields }) => {
      if (fields['dropped'] !== undefined) dropped.push(fields['dropped']);
    });
    for (let count = 0; count < 1100; count++) logs.event({ type: 'login', user: 'admin', ui: 'console' });
    open = true;
    await received.atLeast(2);
    await until('it is told', () => dropped.length > 0);
    // One more for the event that records are being dropped.
    assert.deepEqual(dropped, [101]);
  });

  test('of alertMail has attacks and events that are severe enough, each once', async (context) => {
    const { port, received } = await mailReceiver(context);
    const { logs } = openLogs(context, { ...mailing({ port, severity: 'error' }), alertMail: 20 });
    logs.event({ type: 'login', user: 'admin', ui: 'console' });
    logs.event({ type: 'worker-ended', worker: 2, cause: 'out of memory', connections: 3 });
    logs.violation(record, policy);
    const [text = ''] = await received.atLeast(1);
    assert.match(text, /worker 2 has ended \(out of memory\)/);
    assert.doesNotMatch(text, /logged in/);
    assert.equal(text.split('\r\ndate=').length, 3);
    await until('it is noted', () => logs.status()[0]?.queued === 0);
  });

  test('takes no header from a name', async (context) => {
    const { port, mails, received } = await mailReceiver(context);
    const { logs } = openLogs(context, mailing({ port }));
    const name = 'x\r\nBcc: eve@example.com\r\n\r\nbody\n.\nQUIT';
    logs.violation({ ...record, source: '203.0.113.7' }, { ...policy, name, rule: { ...rule, name } });
    await received.atLeast(1);
    const [mail] = mails;
    assert.deepEqual(mail?.to, ['oncall@example.com']);
    assert.equal(mail?.headers.has('bcc'), false);
    assert.match(mail?.headers.get('subject') ?? '', /policy x\\r\\nBcc: eve@example\.com/);
    assert.ok(mail?.text.includes('Rule'));
  });

  test('nobody configured is nobody told', async (context) => {
    const { logs } = openLogs(context, settings);
    logs.violation(record, policy);
    assert.deepEqual(logs.status(), []);
  });
});
