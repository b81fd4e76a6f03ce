import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNewPassword } from '../../src/access/new-password.ts';
import { hashPasswordSync, verifyPassword } from '../../src/access/password.ts';
import { brokenPasswordRule, passwordLength } from '../../src/access/password-rules.ts';
import { printSecret, readSecretWords } from '../../src/access/secret-words.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';

const record = hashPasswordSync('correct horse', { cost: 10, lanes: 1 });

test('clear text becomes a record of it', async () => {
  const reading = await readNewPassword(['correct horse'], 'alice');
  assert.ok('record' in reading);
  assert.ok(await verifyPassword('correct horse', reading.record));
});

test('what is printed of a password can be entered again', async () => {
  assert.deepEqual(await readNewPassword(printSecret(record).split(' '), 'alice'), { record });
});

test('ENC and what is no record is refused, with what to do about it', async () => {
  const reading = await readNewPassword(['ENC', 'SH2Q0ZVt1sC6T1gQ2qkZq7'], 'alice');
  assert.ok('error' in reading);
  assert.equal(reading.error, 'invalid-value');
  assert.equal(reading.index, 1);
  assert.match(reading.expected, /set anew, in clear text/);
});

test('too many words and too few are told apart from a wrong secret', async () => {
  const faultOf = async (...words: string[]) => {
    const reading = await readNewPassword(words, 'alice');
    return 'error' in reading ? `${reading.error} ${reading.index}` : 'none';
  };
  assert.equal(await faultOf(), 'incomplete 0');
  assert.equal(await faultOf('ENC'), 'incomplete 1');
  assert.equal(await faultOf('correct', 'horse'), 'unknown-word 1');
  assert.equal(await faultOf('ENC', record, 'more'), 'unknown-word 2');
  assert.equal(await faultOf('short'), 'invalid-value 0');
  assert.equal(await faultOf('x'.repeat(129)), 'too-long 0');
});

test('nothing that is said of a wrong password repeats it', async () => {
  const wrong = fc.array(fc.string({ unit: codePoint, minLength: 3 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(wrong, fc.boolean(), async (words, marked) => {
      const all = marked ? ['ENC', ...words] : words;
      fc.pre(all.length > 1 || brokenPasswordRule(words[0] ?? '', 'alice') !== undefined);
      const reading = await readNewPassword(all, 'alice');
      assert.ok('error' in reading);
      const said = new Set(reading.expected.split(' '));
      assert.ok(
        words.every((word) => said.has(word) || !reading.expected.includes(word) || word.trim() === ''),
      );
    }),
  );
});

test('a word is a secret in clear text unless it is ENC', () => {
  fc.assert(
    fc.property(fc.string(), (word) => {
      fc.pre(word !== 'ENC');
      assert.deepEqual(readSecretWords([word]), { clearText: word });
      assert.deepEqual(readSecretWords(['ENC', word]), { kept: word });
    }),
  );
});

test('a password is long enough, printable, and not the name', () => {
  const ruleOf = (clearText: string, name = 'alice') => brokenPasswordRule(clearText, name)?.rule;
  const { minimum, maximum } = passwordLength;
  assert.equal(ruleOf('x'.repeat(minimum - 1)), 'too-short');
  assert.equal(ruleOf('x'.repeat(minimum)), undefined);
  assert.equal(ruleOf('😀'.repeat(maximum)), undefined);
  assert.equal(ruleOf('😀'.repeat(maximum + 1)), 'too-long');
  assert.equal(ruleOf('correct\thorse'), 'not-printable');
  assert.equal(ruleOf('correct\ud800horse'), 'not-printable');
  assert.equal(ruleOf('Operator1', 'operator1'), 'is-the-name');
  assert.equal(ruleOf('caf\u00e9 noir', 'cafe\u0301 noir'), 'is-the-name');
});
