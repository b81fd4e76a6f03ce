import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import { printPasswordRecord, readPasswordRecord } from '../../schemas/kinds/secrets/secret.ts';
import { decoyRecord, hashPassword, hashPasswordSync, verifyPassword } from '../../src/access/password.ts';
import { rounds } from '../campaign.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';

const field = (await loadCatalogue()).get('system admin').fields.get('password');

/** No password of an administrator has a control character. */
const passwords = fc.string({ unit: codePoint }).map((text) => text.replaceAll('\0', ''));

/** Too little for the real thing, and quick. */
const quick = { cost: 10, lanes: 1 };

function bytes(length: number) {
  return fc.uint8Array({ minLength: length, maxLength: length });
}
const records = fc.record({
  cost: fc.integer({ min: 10, max: 17 }),
  lanes: fc.constant(1),
  salt: bytes(16),
  hash: bytes(32),
});

test('a record of a password is good for that password and no other', async () => {
  await fc.assert(
    fc.asyncProperty(passwords, passwords, async (one, other) => {
      fc.pre(one.normalize('NFC') !== other.normalize('NFC'));
      for (const record of [hashPasswordSync(one, quick), await hashPassword(one, quick)]) {
        assert.deepEqual(field?.read(record), { value: record });
        assert.ok(await verifyPassword(one, record));
        assert.ok(!(await verifyPassword(other, record)));
        assert.ok(!(await verifyPassword(`${one}\0`, record)));
      }
    }),
    { numRuns: rounds(8, 25) },
  );
});

test('a record of the present strength is valid and holds nothing of the password', async () => {
  const record = await hashPassword('correct horse');
  assert.deepEqual(field?.read(record), { value: record });
  assert.ok(await verifyPassword('correct horse', record));
  assert.match(record, /^\$scrypt\$ln=15,r=8,p=1\$/);
  assert.notEqual(record, await hashPassword('correct horse'), 'two records of one password are alike');
  assert.deepEqual(readPasswordRecord(decoyRecord())?.cost, readPasswordRecord(record)?.cost);
});

test('a password is the same however the keyboard composes its characters', async () => {
  assert.ok(await verifyPassword('caf\u00e9 noir', hashPasswordSync('cafe\u0301 noir', quick)));
});

test('a record can be printed and read back, and has one spelling', () => {
  fc.assert(
    fc.property(records, fc.nat(80), fc.string({ minLength: 1, maxLength: 1 }), (record, at, character) => {
      const text = printPasswordRecord(record);
      const read = readPasswordRecord(text);
      assert.ok(read !== undefined);
      assert.equal(printPasswordRecord(read), text);
      assert.deepEqual([...read.hash], [...record.hash]);
      const changed = text.slice(0, at) + character + text.slice(at + 1);
      const reread = readPasswordRecord(changed);
      if (reread !== undefined) assert.equal(printPasswordRecord(reread), changed);
    }),
  );
});

test('what takes too much to check, too little, or is no record at all is refused', () => {
  const valid = printPasswordRecord({ ...quick, salt: new Uint8Array(16), hash: new Uint8Array(32) });
  const wrong = [
    '',
    'ENC',
    valid.slice(0, -1),
    `${valid}A`,
    valid.replace('ln=10', 'ln=9'),
    valid.replace('ln=10', 'ln=18'),
    valid.replace('ln=10', 'ln=31'),
    valid.replace('ln=10', 'ln=010'),
    valid.replace('ln=10', 'ln=17').replace('p=1', 'p=2'),
    valid.replace('p=1', 'p=0'),
    valid.replace('r=8', 'r=9'),
    valid.replace(/A$/, 'B'),
    `${valid}\n`,
    'SH2Q0ZVt1sC6T1gQ2qkZq7mWJvX4',
    '$2b$12$abcdefghijklmnopqrstuv',
  ];
  for (const text of wrong) {
    const reading = field?.read(text);
    assert.ok(reading !== undefined && 'fault' in reading, text);
    assert.equal(reading.fault, 'invalid-value');
  }
});

test('to check against what is no record is a mistake of the program', async () => {
  await assert.rejects(verifyPassword('correct horse', 'correct horse'), /no password record/);
});
