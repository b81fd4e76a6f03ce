import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { codeOf, messageOf, reasonOf } from '../../src/text/reason.ts';

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

test('an error of the file system has a code, a message and a reason for a person', () => {
  const missing = thrownBy(() => readFileSync('/nowhere/at/all'));
  assert.equal(codeOf(missing), 'ENOENT');
  assert.equal(messageOf(missing), "ENOENT: no such file or directory, open '/nowhere/at/all'");
  assert.equal(reasonOf(missing), 'no such file');
});

test('what the system says is the reason where there are no plainer words', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  assert.equal(reasonOf(full), 'no space left on device');
});

test('anything thrown has a message, and no code', () => {
  for (const [thrown, message] of [
    [new Error('why'), 'why'],
    ['why', 'why'],
    [undefined, 'undefined'],
  ] as const) {
    assert.equal(messageOf(thrown), message);
    assert.equal(reasonOf(thrown), message);
    assert.equal(codeOf(thrown), undefined);
  }
});

test('an error of TLS says what is wrong, and not where in OpenSSL that was found', () => {
  const refused = thrownBy(() => createSecureContext({ cert: 'no certificate' }));
  assert.match(messageOf(refused), /^[a-z ]+$/);
});
