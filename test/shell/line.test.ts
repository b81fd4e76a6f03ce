import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Edit,
  type EditState,
  edits,
  emptyLine,
  inOtherRow,
  inserted,
  lineOf,
} from '../../src/shell/editor/line.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';

/** The same, on characters in an array: what is before the cursor and what is behind it. */
type Model = {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly killed: string;
};

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
function split(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** A change can join characters: the cursor goes behind the one that it would be in. */
function modelOf(before: string, after: string, killed: string): Model {
  const characters = split(before + after);
  let length = 0;
  let count = 0;
  while (length < before.length) {
    length += characters[count]?.length ?? 0;
    count += 1;
  }
  return { before: characters.slice(0, count), after: characters.slice(count), killed };
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^[\p{L}\p{N}]/u.test(character);
}
function isBlank(character: string | undefined): boolean {
  return character !== undefined && /^\s/u.test(character);
}

/** How many characters a word to the left takes, reading them backwards. */
function countBack(
  before: readonly string[],
  skip: (c: string | undefined) => boolean,
  take: (c: string | undefined) => boolean,
) {
  let count = 0;
  while (count < before.length && skip(before[before.length - 1 - count])) count += 1;
  while (count < before.length && take(before[before.length - 1 - count])) count += 1;
  return count;
}

function cutBefore({ before, after, killed }: Model, count: number, keeps: boolean): Model {
  const cut = before.slice(before.length - count).join('');
  const kept = before.slice(0, before.length - count).join('');
  return modelOf(kept, after.join(''), keeps && cut !== '' ? cut : killed);
}
function cutAfter({ before, after, killed }: Model, count: number, keeps: boolean): Model {
  const cut = after.slice(0, count).join('');
  return modelOf(before.join(''), after.slice(count).join(''), keeps && cut !== '' ? cut : killed);
}
function moved({ before, after, killed }: Model, by: number): Model {
  const all = [...before, ...after];
  const at = Math.max(0, Math.min(all.length, before.length + by));
  return { before: all.slice(0, at), after: all.slice(at), killed };
}
function rowBefore({ before }: Model): number {
  return before.length - 1 - before.lastIndexOf('\n');
}
function rowAfter({ after }: Model): number {
  return after.includes('\n') ? after.indexOf('\n') : after.length;
}
function not(is: (c: string | undefined) => boolean) {
  return (c: string | undefined) => !is(c);
}
function turned(list: readonly string[]): readonly string[] {
  return [...list].reverse();
}

const models: Readonly<Record<Exclude<keyof typeof edits, 'transposeChars'>, (model: Model) => Model>> = {
  backwardChar: (model) => moved(model, -1),
  forwardChar: (model) => moved(model, 1),
  backwardWord: (model) => moved(model, -countBack(model.before, not(isWord), isWord)),
  forwardWord: (model) => moved(model, countBack(turned(model.after), not(isWord), isWord)),
  beginningOfLine: (model) => moved(model, -rowBefore(model)),
  endOfLine: (model) => moved(model, rowAfter(model)),
  backwardDeleteChar: (model) => cutBefore(model, Math.min(1, model.before.length), false),
  deleteChar: (model) => cutAfter(model, Math.min(1, model.after.length), false),
  killLine: (model) => cutAfter(model, rowAfter(model) || Math.min(1, model.after.length), true),
  backwardKillLine: (model) => cutBefore(model, rowBefore(model) || Math.min(1, model.before.length), true),
  killArgument: (model) => cutBefore(model, countBack(model.before, isBlank, not(isBlank)), true),
  backwardKillWord: (model) => cutBefore(model, countBack(model.before, not(isWord), isWord), true),
  killWord: (model) => cutAfter(model, countBack(turned(model.after), not(isWord), isWord), true),
  yank: ({ before, after, killed }) => modelOf(before.join('') + killed, after.join(''), killed),
};

type Step = { readonly name: keyof typeof models } | { readonly insert: string };

const pieces = fc.constantFrom(
  'a',
  'Z',
  '9',
  ' ',
  '-',
  '"',
  '\n',
  'é',
  'e',
  '\u0301',
  '漢',
  '😀',
  '👩‍👩‍👧',
  '\u200d',
  '🇩',
  '🇪',
  '\t',
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.array(pieces, { maxLength: 6 }).map((parts) => ({ insert: parts.join('') })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        'backwardChar',
        'forwardChar',
        'backwardWord',
        'forwardWord',
        'beginningOfLine',
        'endOfLine',
        'backwardDeleteChar',
        'deleteChar',
        'killLine',
        'backwardKillLine',
        'killArgument',
        'backwardKillWord',
        'killWord',
        'yank',
      )
      .map((name) => ({ name }) as { name: keyof typeof models }),
  },
);

function edit(step: Step, editing: EditState): EditState {
  if ('insert' in step) return { line: inserted(editing.line, step.insert), killed: editing.killed };
  const change: Edit = edits[step.name];
  return change(editing);
}

function editModel(step: Step, model: Model): Model {
  if ('name' in step) return models[step.name](model);
  return modelOf(model.before.join('') + step.insert, model.after.join(''), model.killed);
}

test('any sequence of edits does what it does to characters in an array', () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 30 }), (sequence) => {
      let editing: EditState = { line: emptyLine, killed: '' };
      let model: Model = { before: [], after: [], killed: '' };
      for (const step of sequence) {
        editing = edit(step, editing);
        model = editModel(step, model);
        assert.equal(editing.line.text, [...model.before, ...model.after].join(''));
        assert.equal(editing.line.cursor, model.before.join('').length);
        assert.equal(editing.killed, model.killed);
      }
    }),
    { numRuns: rounds(40, 300) },
  );
});

test('transposing exchanges two whole characters and loses none', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', '漢', '😀', 'é')), fc.nat(), (characters, nat) => {
      const at = nat % (characters.length + 1);
      const line = lineOf(characters.join(''), characters.slice(0, at).join('').length);
      const result = edits.transposeChars({ line, killed: '' }).line;
      const second = at === characters.length ? at - 1 : at;
      const wanted: string[] = [...characters];
      if (second > 0) wanted.splice(second - 1, 2, characters[second] ?? '', characters[second - 1] ?? '');
      assert.equal(result.text, wanted.join(''));
      assert.ok(result.cursor <= result.text.length);
    }),
  );
});

test('up and down stay in their column, or as near as the row allows', () => {
  const text = 'first\nab\n漢字漢字';
  assert.deepEqual(inOtherRow(lineOf(text, 4), 1), lineOf(text, 8));
  assert.deepEqual(inOtherRow(lineOf(text, 7), 1), lineOf(text, 10));
  assert.deepEqual(inOtherRow(lineOf(text, 12), -1), lineOf(text, 8));
  assert.equal(inOtherRow(lineOf(text, 3), -1), undefined);
  assert.equal(inOtherRow(lineOf(text, 11), 1), undefined);
});
