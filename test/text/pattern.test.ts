import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MatchingTooLong, type Pattern, readPattern } from '../../src/text/pattern.ts';
import fc from '../property.ts';

function patternOf(source: string, ignoresCase = false): Pattern {
  const reading = readPattern(source, ignoresCase);
  if ('reason' in reading) assert.fail(`${source}: ${reading.reason}`);
  return reading.pattern;
}

function reasonFor(source: string): string {
  const reading = readPattern(source);
  if ('pattern' in reading) assert.fail(`${source} is taken`);
  return reading.reason;
}

suite('a pattern', () => {
  const part = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^b]',
    '(a|bc)',
    '(?:ab)',
    '^',
    '$',
    '\\b',
    '\\d',
    '\\.',
  );
  const repeated = fc.tuple(part, fc.constantFrom('', '', '*', '+', '?', '*?', '{2}', '{1,3}'));
  const isAnchor = (text: string): boolean => ['^', '$', '\\b'].includes(text);
  const source = fc
    .array(repeated, { minLength: 1, maxLength: 6 })
    .map((parts) => parts.map(([text, suffix]) => text + (isAnchor(text) ? '' : suffix)).join(''));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.', '1', ' '), maxLength: 12 });

  test('matches what the same expression of JavaScript matches', () => {
    fc.assert(
      fc.property(source, text, (expression, subject) => {
        assert.equal(patternOf(expression).matcher()(subject), new RegExp(expression).test(subject));
      }),
    );
  });

  test('that is a word is found wherever it stands, and in any case where that is wanted', () => {
    assert.equal(patternOf('web-1').matcher()('edit "web-1"'), true);
    assert.equal(patternOf('Web-1').matcher()('edit "web-1"'), false);
    assert.equal(patternOf('Web-1', true).matcher()('edit "web-1"'), true);
    assert.equal(patternOf('').matcher()('anything'), true);
    assert.equal(patternOf('x'.repeat(5000)).matcher()('x'.repeat(5000)), true);
  });

  test('may write characters as JavaScript does', () => {
    for (const [expression, subject] of [
      ['^\\u0061\\x62$', 'ab'],
      ['^\\u{1f600}$', '\u{1f600}'],
      ['^(?<name>a)\\/b$', 'a/b'],
      ['^a[^]b$', 'a\nb'],
      ['^.$', '\u{1f600}'],
    ] as const) {
      assert.equal(patternOf(expression).matcher()(subject), true, expression);
    }
  });

  test('that no engine can match in linear time is refused by the name of what it uses', () => {
    assert.deepEqual(
      ['a(?=b)', '(?!a)b', '(?<=a)b', '(?<!a)b', '(a)\\1', '(?<n>a)\\\\\\k<n>'].map(reasonFor),
      [
        'the lookahead "(?=" is not supported',
        'the lookahead "(?!" is not supported',
        'the lookbehind "(?<=" is not supported',
        'the lookbehind "(?<!" is not supported',
        'the backreference "\\1" is not supported',
        'the backreference "\\k<" is not supported',
      ],
    );
  });

  test('that is too large is refused, whatever makes it so', () => {
    assert.deepEqual(
      ['[ab]'.repeat(126), 'a{0,501}', '(?:a{40}){40}', '(((a{10}){10}){10}){10}', 'a{1001}'].map(reasonFor),
      [
        'it has more than 500 characters',
        'its repetitions make it too large',
        'invalid repeat count "{40}": 1000 at most, nested ones in all',
        'invalid repeat count "{10}": 1000 at most, nested ones in all',
        'invalid repeat count "{1001}": 1000 at most, nested ones in all',
      ],
    );
  });

  test('that is malformed is refused with what is wrong', () => {
    assert.deepEqual(['(', '[a', 'a)', 'a**', '[b-a]', '\\'].map(reasonFor), [
      'missing closing )',
      'missing closing ]',
      'unexpected ) "a)"',
      'invalid nested repetition operator "**"',
      'invalid character class range "b-a"',
      'trailing backslash at end of expression',
    ]);
  });

  test('is given up after its time, for all texts together', () => {
    const matches = patternOf('[ab]*a[ab]{400}[cd]').matcher(0);
    const line = 'ab'.repeat(500);
    assert.equal(matches(line), false);
    assert.throws(
      () => {
        for (;;) matches(line);
      },
      (error) => error instanceof MatchingTooLong && error.pattern === '[ab]*a[ab]{400}[cd]',
    );
  });
});
