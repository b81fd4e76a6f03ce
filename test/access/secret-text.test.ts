import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayHoldSecret } from '../../src/access/secret-text.ts';

test('a line that may set a secret is told from one that does not', () => {
  const dropped = [
    'set password x',
    'set passwd x',
    'se pass x',
    'set p x',
    'set "password" x',
    'set pass\\word x',
    'set smtp-password x',
    'set smtp-pa x',
    'set smtp-pasword x',
    'set smpt-passwrd x',
    'smtp-pasword x',
    'set admin-secret-value x',
    'set passwrod x',
    'set pasword "let me in"',
    'ste pssword x',
    'setpassword x',
    'set secert x',
    'set sshkey "ssh-rsa AAAA"',
    'append key x',
    'set x ENC abc',
    'set x "ENC" abc',
    'set comment a\nset password "b',
    'set \\\npassword x',
    'execute admin password joe x',
    '  set   Password  x',
  ];
  const kept = [
    'set comment password',
    'show',
    'edit "my rule"',
    'set severity High',
    'set port 80',
    'set policy web',
    'select server-pool x',
    'set server-pool x',
    'set service HTTP',
    'set smtp-server mail.example.com',
    'set source-prefix-v4 24',
    'set access-profile x',
    'set threshold 10',
    'show | grep password',
    'config system admin',
    'unset password',
    'set',
    '',
  ];
  const fields = ['password', 'smtp-password'];
  for (const line of dropped) assert.equal(mayHoldSecret(line, fields), true, line);
  for (const line of kept) assert.equal(mayHoldSecret(line, fields), false, line);
});

test('the name of a secret field is enough, whatever it is', () => {
  assert.equal(mayHoldSecret('set community x', ['community']), true);
  assert.equal(mayHoldSecret('set comunity x', ['community']), true);
  assert.equal(mayHoldSecret('set comm x', ['community']), true);
  assert.equal(mayHoldSecret('show community', ['community']), false);
  assert.equal(mayHoldSecret('set community x', []), false);
});
