import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { printSealedSecret, readSealedSecret } from '../../schemas/kinds/secrets/sealed-secret.ts';
import { SecretKey } from '../../src/access/secret-key.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';
import { temporaryFolder } from '../running/folder.ts';

function file(context: TestContext): string {
  const folder = temporaryFolder(context);
  return join(folder, 'secret.key');
}

/** Where secrets go. */
const there = '["mail",25]';

const texts = fc.string({ unit: codePoint, minLength: 1, maxLength: 255 }).map((text) => text.toWellFormed());

suite('the key of secrets', () => {
  test('opens what it has sealed, which is never the same twice', () => {
    const key = SecretKey.random();
    fc.assert(
      fc.property(texts, (clearText) => {
        const sealed = key.seal(clearText, there);
        assert.deepEqual(key.open(sealed, there), { clearText });
        assert.notEqual(key.seal(clearText, there), sealed);
        assert.notEqual(readSealedSecret(sealed), undefined);
      }),
    );
  });

  test('is made with the first secret, for its owner alone, and serves the next run', (context) => {
    const path = file(context);
    const first = SecretKey.ofFile(path);
    assert.deepEqual(first.open(SecretKey.random().seal('x', there), there), { failure: 'other-key' });
    assert.equal(existsSync(path), false);
    const sealed = first.seal('hunter2', there);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(SecretKey.ofFile(path).open(sealed, there), { clearText: 'hunter2' });
    assert.equal(readFileSync(path, 'utf8').length, 65);
  });

  test('tells a secret of another key from one that is damaged', () => {
    const [key, other] = [SecretKey.random(), SecretKey.random()];
    const sealed = key.seal('hunter2', there);
    assert.deepEqual(other.open(sealed, there), { failure: 'other-key' });
    const parts = readSealedSecret(sealed);
    assert.ok(parts !== undefined);
    for (let index = 0; index < parts.ciphertext.length; index++) {
      const ciphertext: Buffer = Buffer.from(parts.ciphertext);
      ciphertext[index] = (ciphertext[index] ?? 0) ^ 1;
      assert.deepEqual(key.open(printSealedSecret({ ...parts, ciphertext }), there), {
        failure: 'not-for-it',
      });
    }
    assert.deepEqual(key.open(sealed.slice(0, -30), there), { failure: 'not-for-it' });
    assert.deepEqual(key.open('AK1wQ3Vx', there), { failure: 'not-for-it' });
  });

  test('opens a secret for the destination that it was sealed for, and for no other', () => {
    const key = SecretKey.random();
    const sealed = key.seal('hunter2', there);
    for (const elsewhere of ['["mail",26]', '', `${there} `]) {
      assert.deepEqual(key.open(sealed, elsewhere), { failure: 'not-for-it' });
      assert.deepEqual(key.settle(sealed, elsewhere), { failure: 'not-for-it' });
    }
    assert.deepEqual(key.settle(sealed, there), { sealed });
  });

  test('holds a secret whose destination is not known yet, for itself alone', (context) => {
    const path = file(context);
    const key = SecretKey.ofFile(path);
    const held = key.hold('hunter2');
    assert.ok(key.isHeld(held));
    assert.deepEqual(key.open(held, there), { failure: 'not-for-it' });
    const settled = key.settle(held, there);
    assert.ok('sealed' in settled && !key.isHeld(settled.sealed));
    assert.deepEqual(key.open(settled.sealed, there), { clearText: 'hunter2' });
    assert.deepEqual(SecretKey.ofFile(path).settle(held, there), { failure: 'not-for-it' });
  });

  test('is made anew where a crash has left the half of it', (context) => {
    const path = file(context);
    writeFileSync(`${path}.new`, '0123', { mode: 0o644 });
    const sealed = SecretKey.ofFile(path).seal('hunter2', there);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(existsSync(`${path}.new`), false);
    assert.deepEqual(SecretKey.ofFile(path).open(sealed, there), { clearText: 'hunter2' });
  });

  test('that is no key is not replaced', (context) => {
    const path = file(context);
    writeFileSync(path, 'precious');
    assert.throws(() => SecretKey.ofFile(path).seal('x', there), /holds no key/);
    assert.equal(readFileSync(path, 'utf8'), 'precious');
  });
});
