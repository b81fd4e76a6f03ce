import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveView } from '../../src/cli/session/live-view.ts';
import { type Doing, liveRows } from '../../src/shell/live/live-rows.ts';
import { TableChoice } from '../../src/shell/live/table-choice.ts';

function viewOf(...sources: readonly (readonly [name: string, open: number, limit: string])[]): LiveView {
  return {
    head: ['Levee'],
    tables: [
      {
        name: 'Sources',
        columns: ['source', 'open', 'limit'],
        rows: sources.map((cells) => ({ id: cells[0], name: cells[0], cells })),
        actions: [{ key: 'b', label: 'block' }],
      },
      { name: 'Blocked', columns: ['source'], rows: [], actions: [] },
    ],
    remark: '',
  };
}

const three = viewOf(['192.0.2.1', 3, '9/10'], ['192.0.2.20', 20, '10/10'], ['2001:db8::', 3, '1/10']);

function names(choice: TableChoice): readonly string[] {
  return choice.shown().rows.map(({ id }) => id);
}

function textOf(choice: TableChoice, height: number, doing: Doing = { kind: 'looking' }): string[] {
  return liveRows(choice, height, doing, false).map((row) =>
    row
      .map(({ text, style }) => (style === 'selected' && text.trim() !== '' ? `[${text}]` : text))
      .join('')
      .trimEnd(),
  );
}

test('rows come in their order, or by a column: numbers from the highest, fractions by what they begin with', () => {
  const choice = new TableChoice(three);
  assert.deepEqual(names(choice), ['192.0.2.1', '192.0.2.20', '2001:db8::']);
  choice.sortByNext();
  assert.deepEqual(names(choice), ['192.0.2.1', '192.0.2.20', '2001:db8::']);
  choice.sortByNext();
  assert.deepEqual(names(choice), ['192.0.2.20', '192.0.2.1', '2001:db8::']);
  choice.sortByNext();
  assert.deepEqual(names(choice), ['2001:db8::', '192.0.2.1', '192.0.2.20']);
  choice.reverse();
  assert.deepEqual(names(choice), ['192.0.2.20', '192.0.2.1', '2001:db8::']);
  choice.sortByNext();
  assert.deepEqual(names(choice), ['192.0.2.1', '192.0.2.20', '2001:db8::']);
});

test('the row that is chosen stays chosen while it is there, wherever it goes', () => {
  const choice = new TableChoice(three);
  choice.move(1);
  choice.change(viewOf(['192.0.2.20', 21, '10/10'], ['192.0.2.1', 3, '9/10']));
  assert.equal(choice.actionOf('b')?.row.id, '192.0.2.20');
  choice.change(viewOf(['192.0.2.1', 3, '9/10']));
  assert.equal(choice.actionOf('b')?.row.id, '192.0.2.1');
  choice.change(viewOf());
  assert.equal(choice.actionOf('b'), null);
  choice.change(three);
  assert.equal(choice.actionOf('b')?.row.id, '192.0.2.20');
  assert.equal(choice.actionOf('x'), null);
  choice.narrow('DB8');
  assert.deepEqual(names(choice), ['2001:db8::']);
  assert.equal(choice.actionOf('b')?.row.id, '2001:db8::');
  choice.turn(-1);
  assert.deepEqual([choice.tableIndex, choice.filter], [1, '']);
  choice.goTo(7);
  choice.move(-1);
  assert.equal(choice.tableIndex, 1);
});

test('the screen has the head, the tables, the rows around the one that is chosen, and the keys', () => {
  const choice = new TableChoice(three);
  choice.move(2);
  assert.deepEqual(textOf(choice, 8), [
    'Levee',
    '',
    '[ 1 Sources (3) ]  2 Blocked (0)',
    'source      open  limit',
    '192.0.2.1      3  9/10',
    '192.0.2.20    20  10/10',
    '[2001:db8::     3  1/10 ]',
    'b block · ? keys · q leave · Tab next table · s sort · r reverse · / filter · space pause',
  ]);
  assert.deepEqual(textOf(choice, 6, { kind: 'typing', text: 'db' }).slice(3), [
    'source      open  limit',
    '[2001:db8::     3  1/10 ]',
    '/db',
  ]);
  assert.deepEqual(textOf(choice, 8, { kind: 'reading-keys' }).slice(3, 7), [
    'b                                        block, of the chosen row; it asks first',
    'q, Ctrl-C                                leave',
    'Tab, Left, Right, 1 to 2                 another table',
    'Up, Down, Page Up, Page Down, Home, End  another row',
  ]);
  choice.turn(1);
  assert.deepEqual(textOf(choice, 8).slice(2, 6), [
    ' 1 Sources (3)  [ 2 Blocked (0) ]',
    'source',
    'none',
    '',
  ]);
  assert.equal(textOf(choice, 2).length, 2);
});
