import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { lineOf } from '../../src/shell/editor/line.ts';
import { type Frame, frameOf, type Picture } from '../../src/shell/screen/frame.ts';
import { RepaintedScreen } from '../../src/shell/screen/repainted-screen.ts';
import { paintFor } from '../../src/shell/screen/theme.ts';
import type { Terminal } from '../../src/shell/terminal/terminal.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { VirtualTerminal } from '../terminal/virtual-terminal.ts';

function onTerminal(terminal: VirtualTerminal): {
  readonly screen: RepaintedScreen;
  readonly sent: () => number;
} {
  let sent = 0;
  const output = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      sent += chunk.length;
      terminal.write(chunk);
      done();
    },
  });
  const fake: Terminal = {
    input: new PassThrough(),
    output,
    isTTY: true,
    colour: true,
    isPlain: false,
    newline: '\r\n',
    get columns() {
      return terminal.columns;
    },
    get rows() {
      return terminal.rows;
    },
    setRaw: () => undefined,
    onResize: () => () => undefined,
    suspend: undefined,
    guard: () => () => undefined,
  };
  return { screen: new RepaintedScreen(fake, paintFor(true)), sent: () => sent };
}

const text = fc
  .array(fc.constantFrom('a', 'b', ' ', '漢', '😀', 'é', 'e\u0301', '\n', '\x01', '"', '👩‍👩‍👧'), {
    maxLength: 60,
  })
  .map((characters) => characters.join(''));
const pictures: fc.Arbitrary<Picture> = fc.record({
  prompt: fc.constantFrom('Levee # ', 'Levee (漢字) # ', ''),
  line: fc.tuple(text, fc.nat(60)).map(([typed, cursor]) => lineOf(typed, Math.min(cursor, typed.length))),
  highlights: fc.constantFrom([], [{ start: 0, length: 2, kind: 'verb' as const }]),
  suffix: fc.record({ text: fc.constantFrom('', 'ghost 漢'), style: fc.constant('ghost' as const) }),
  below: fc.constantFrom(
    [],
    [[{ text: 'one two', style: 'plain' as const }], [{ text: '漢字', style: 'selected' as const }]],
  ),
});

function rowsOf({ rows }: Frame): string[] {
  return rows.map((row) =>
    row
      .map((cell) => cell.text)
      .join('')
      .trimEnd(),
  );
}

function trimmed(rows: readonly string[]): string[] {
  const kept = [...rows];
  while (kept.at(-1) === '') kept.pop();
  return kept;
}

test('painting the difference shows what painting everything would', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(pictures, fc.constantFrom('', 'leave', 'above')), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 4, max: 30 }),
      fc.integer({ min: 2, max: 8 }),
      (sequence, columns, rows) => {
        const terminal = new VirtualTerminal(columns, rows);
        const { screen } = onTerminal(terminal);
        for (const [picture, then] of sequence) {
          const frame = frameOf(picture, columns, rows);
          screen.paint(picture);
          assert.deepEqual(terminal.fromAbove(frame.cursor.row), trimmed(rowsOf(frame)));
          assert.equal(terminal.cursorColumn, frame.cursor.column);
          if (then === 'leave') screen.leave();
          if (then === 'above') screen.writeAbove('xyz');
        }
      },
    ),
    { numRuns: rounds(40, 300) },
  );
});

test('a key at the end of a line sends little', () => {
  const { screen, sent } = onTerminal(new VirtualTerminal(80, 24));
  const picture = (typed: string): Picture => ({
    prompt: 'Levee # ',
    line: lineOf(typed),
    highlights: [],
    suffix: { text: '', style: 'plain' },
    below: [],
  });
  screen.paint(picture('set layer4-connection-threshol'));
  const before = sent();
  screen.paint(picture('set layer4-connection-threshold'));
  assert.equal(sent() - before, 1);
});

test('a frame never has a row wider than the screen, and its cursor is inside', () => {
  fc.assert(
    fc.property(
      pictures,
      fc.integer({ min: 2, max: 30 }),
      fc.integer({ min: 1, max: 8 }),
      (picture, columns, rows) => {
        const { rows: painted, cursor } = frameOf(picture, columns, rows);
        assert.ok(painted.length <= rows);
        for (const row of painted) assert.ok(row.reduce((width, cell) => width + cell.width, 0) <= columns);
        assert.ok(cursor.row >= 0 && cursor.row < painted.length);
        assert.ok(cursor.column >= 0 && cursor.column < columns);
      },
    ),
  );
});
