import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concealed } from '../../schemas/concealed.ts';
import { concealedLine, type SecretNames, secretOffset } from '../../src/access/concealment.ts';
import { nearest } from '../../src/text/nearest.ts';
import { quote } from '../../src/text/quote.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';

function resembles(word: string, names: readonly string[]): boolean {
  return nearest(word, names) !== undefined;
}
const anywhere = ['password'];

const inRow: SecretNames = {
  fields: new Map([
    ['access-profile', false],
    ['password', true],
    ['force-password-change', false],
  ]),
  anywhere,
  resembles,
};
const elsewhere: SecretNames = {
  fields: new Map([
    ['port', false],
    ['protocol', false],
  ]),
  anywhere,
  resembles,
};
const outside: SecretNames = { fields: new Map(), anywhere, resembles };

function shown(text: string, names: SecretNames): string {
  const offset = secretOffset(text, names);
  return offset === undefined ? text : text.slice(0, offset) + concealed;
}

test('what follows the name of a secret is concealed, however wrong the line is', () => {
  const lines = {
    'set password hunter22': 'set password******',
    '  set pass hunter22 more': '  set pass******',
    'set p hunter22': 'set p******',
    'set pasword hunter22': 'set pasword******',
    'set Password hunter22': 'set Password******',
    'set "password" "hunter22': 'set "password"******',
    'sett password hunter22': 'sett password******',
    'password hunter22': 'password******',
    'pasword hunter22': 'pasword******',
    'set password=hunter22': 'set password******',
    'set password"hunter22"': 'set password******',
    'set "pass"word\'hunter22\'': 'set "pass"word******',
    'append password hunter22': 'append password******',
    'set \\\npassword \\\nhunter22': 'set \\\npassword******',
  };
  for (const [line, expected] of Object.entries(lines)) assert.equal(shown(line, inRow), expected);
});

test('where no row of that table is open, what is clearly the name is enough', () => {
  for (const names of [outside, elsewhere]) {
    assert.equal(shown('set password hunter22', names), 'set password******');
    assert.equal(shown('set passw hunter22', names), 'set passw******');
    assert.equal(shown('set passwrod hunter22', names), 'set passwrod******');
    assert.equal(shown('edit bob set password hunter22', names), 'edit bob set password******');
  }
});

test('what is no secret is shown', () => {
  for (const line of [
    'set access-profile prof_admin',
    'set acc nobody',
    'set force-password-change maybe',
    'set password',
    'unset password  ',
    'next',
    '',
  ]) {
    assert.equal(shown(line, inRow), line);
  }
  for (const line of [
    'set p 70000',
    'set port 70000',
    'set portt 1',
    'purge 1',
    'edit "x',
    'show | grep a',
  ]) {
    assert.equal(shown(line, elsewhere), line);
  }
});

test('the value of a field that nobody knows is concealed where the field is called as secrets are', () => {
  for (const names of [inRow, elsewhere, outside]) {
    for (const name of ['foo', 'colour', 'vdoms', 'comment', 'hostname', 'trusthost1'])
      assert.equal(shown(`set ${name} hunter22`, names), `set ${name} hunter22`);
    for (const name of [
      'auth-pwd',
      'passphrase',
      'Client_Secret',
      'api-token',
      'private-key',
      'psk',
      'ppasswd',
    ])
      assert.equal(shown(`set ${name} hunter22`, names), `set ${name}******`);
  }
});

const passwords = fc
  .string({ unit: 'grapheme', minLength: 8, maxLength: 40 })
  .filter((text) => !/\p{Cc}/u.test(text) && !/[*\s]{3}/.test(text))
  .map((text) => `hunter22${text}`);

const spellings = passwords.chain((text) =>
  fc.constantFrom(
    quote(text),
    `'${text.replaceAll("'", '')}'`,
    `"${text}`,
    text,
    `${text} ${text}`,
    `ENC ${text}`,
  ),
);
const beginnings = fc.constantFrom(
  'set password ',
  '  set pass\t',
  'set pasword ',
  'password ',
  'set password \\\n',
);
const before = fc.constantFrom('', 'config system admin\nedit bob\n', '\n', 'set port 1\r\n');
const after = fc.constantFrom('', '\n', '\r\nnext\n', ' # remark\nend');

test('wherever the mistake is said to be, no secret is in what is shown of it', () => {
  fc.assert(
    fc.property(
      before,
      beginnings,
      spellings,
      after,
      fc.nat(),
      fc.nat(99),
      (front, name, word, rest, at, length) => {
        const source = `${front}${name}${word}${rest}`;
        const statement = { offset: front.length, length: name.length + word.length };
        const offset = statement.offset + (at % (statement.length + 1));
        const line = concealedLine(source, { offset, length }, inRow, statement);
        assert.ok(!line.text.includes('hunter22'), line.text);
        assert.ok(line.text.endsWith(concealed) || name.endsWith('\n'));
        assert.ok(
          line.offset >= 0 && line.offset + line.length <= line.text.length,
          'the mark is off the line',
        );
        const marked = line.text.slice(line.offset, line.offset + line.length);
        assert.equal(marked.includes('*'), line.hidesMark && marked !== '');
      },
    ),
    { numRuns: rounds(125, 500) },
  );
});

test('a statement of several lines is looked at from its beginning', () => {
  const source = 'next\nset password "first\nhunter22" more\nend';
  const statement = { offset: 5, length: 34 };
  const line = concealedLine(source, { offset: source.indexOf('more'), length: 4 }, inRow, statement);
  assert.deepEqual({ text: line.text, hidesMark: line.hidesMark }, { text: concealed, hidesMark: true });
});

test('without a statement a continued line is looked at from its beginning', () => {
  const source = 'next\nset password \\\r\nhunter22 more\nend';
  const { text, hidesMark } = concealedLine(source, { offset: source.indexOf('more'), length: 4 }, inRow);
  assert.deepEqual({ text, hidesMark }, { text: concealed, hidesMark: true });
});

test('a line without a secret is shown as it is', () => {
  const source = 'config system admin\n  set access-profile nobody\nnext';
  const offset = source.indexOf('nobody');
  assert.deepEqual(concealedLine(source, { offset, length: 6 }, inRow), {
    text: '  set access-profile nobody',
    offset: 21,
    length: 6,
    hidesMark: false,
  });
});

test('a mistake before the secret keeps its mark', () => {
  const source = 'sett password hunter22';
  assert.deepEqual(concealedLine(source, { offset: 0, length: 4 }, inRow), {
    text: 'sett password ******',
    offset: 0,
    length: 4,
    hidesMark: false,
  });
});
