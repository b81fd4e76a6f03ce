import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import grep from '../../src/cli/pipes/grep.ts';
import tail from '../../src/cli/pipes/tail.ts';
import { columns, longColumns } from '../../src/cli/printing/columns.ts';
import { jsonLines } from '../../src/cli/printing/lines/json-lines.ts';
import { allOf, type Lines, paced, printedLines } from '../../src/cli/printing/lines/printed.ts';
import type { Pipe } from '../../src/cli/printing/pipe.ts';
import { Printing } from '../../src/cli/printing/printing.ts';
import type { ReplyPart } from '../../src/cli/session/session.ts';
import fc from '../property.ts';
import { openLevee } from './in-process.ts';

function lineOf(number: number): string {
  return `line ${number}`;
}

/** So many lines, each of which takes as long as a turn may. */
function* slowLines(count: number, made: () => void = () => {}): Generator<string> {
  for (let number = 0; number < count; number++) {
    const end = performance.now() + 11;
    while (performance.now() < end);
    made();
    yield lineOf(number);
  }
}

type Client = {
  readonly printing: Printing;
  readonly parts: ReplyPart[];
  readonly interruption: AbortController;
  readonly text: () => string;
};

function client(drained: () => Promise<void> = () => Promise.resolve()): Client {
  const parts: ReplyPart[] = [];
  const interruption = new AbortController();
  return {
    printing: new Printing(
      (part) => parts.push(part),
      { drained, signal: interruption.signal },
      {
        beforeRevision: () => () => undefined,
      },
    ),
    parts,
    interruption,
    text: () => parts.map((part) => ('text' in part ? part.text : '')).join(''),
  };
}

/** What a pipe makes of lines. */
function through(pipe: Pipe, words: string, lines: Lines): string[] {
  const span = { offset: 0, line: 1, column: 1, length: 0 };
  const parameters = words
    .split(' ')
    .map((text) => ({ kind: 'word' as const, text, raw: text, quoted: false, span }));
  const [name = { kind: 'word', text: '', raw: '', quoted: false, span }] = parameters;
  const prepared = pipe.prepare(parameters, name);
  assert.ok('filter' in prepared);
  return allOf(prepared.filter(printedLines(lines)).lines);
}

suite('what is printed', () => {
  test('is there at once where it is made in a moment', () => {
    const { printing, text } = client();
    printing.print(printedLines(['a', 'b']));
    assert.equal(printing.finished(), undefined);
    assert.equal(text(), 'a\nb\n');
  });

  test('what takes long to show keeps nobody else waiting, and its order', async () => {
    const { printing, text } = client();
    let turns = 0;
    const count = (): void => {
      turns += 1;
      if (turns < 100) setImmediate(count);
    };
    setImmediate(count);
    printing.print(printedLines(slowLines(5)));
    printing.print(printedLines(['last']));
    assert.equal(turns, 0);
    await printing.finished();
    assert.ok(turns >= 5, String(turns));
    assert.equal(
      text(),
      [0, 1, 2, 3, 4]
        .map((number) => `${lineOf(number)}\n`)
        .join('')
        .concat('last\n'),
    );
    assert.equal(printing.finished(), undefined);
  });

  test('waits for whoever reads it', async () => {
    const reading = Promise.withResolvers<void>();
    let made = 0;
    const { printing } = client(() => reading.promise);
    printing.print(
      printedLines(
        slowLines(5, () => {
          made += 1;
        }),
      ),
    );
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(made, 1);
    reading.resolve();
    await printing.finished();
    assert.equal(made, 5);
  });

  test('ends when the user interrupts', async () => {
    const { printing, interruption, text } = client();
    printing.print(printedLines(slowLines(1000)));
    interruption.abort();
    await printing.finished();
    assert.equal(text(), 'line 0\n');
  });

  test('tells that a line could not be made, early or late', async () => {
    function* failing(count: number): Generator<string> {
      yield* slowLines(count);
      throw new RangeError('no more');
    }
    const { printing } = client();
    assert.throws(() => printing.print(printedLines(failing(0))), /no more/);
    printing.print(printedLines(failing(3)));
    await assert.rejects(async () => printing.finished(), /no more/);
    assert.equal(printing.finished(), undefined);
  });

  test('for a file comes in pieces, of which each after the first goes on with it', async () => {
    const { printing, parts, text } = client();
    const file = { name: 'out', overwrite: false };
    printing.print({ ...printedLines(Array.from({ length: 20_000 }, (_, index) => lineOf(index))), file });
    await printing.finished();
    assert.ok(parts.length > 2);
    assert.deepEqual(
      parts.map((part) => part.kind === 'file' && part.append),
      [false, ...Array<boolean>(parts.length - 1).fill(true)],
    );
    assert.equal(text().split('\n').length, 20_001);
    const nothing = client();
    nothing.printing.print({ ...printedLines([]), file });
    assert.equal(nothing.parts.length, 1);
  });
});

test('lines are made some at a time', () => {
  const lines = [...paced(Array.from({ length: 1000 }, (_, index) => lineOf(index)))];
  assert.equal(lines.filter((line) => line === undefined).length, 3);
  assert.equal(allOf(lines).length, 1000);
});

test('JSON that is made line by line is what JSON.stringify makes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (data) => {
      assert.deepEqual(allOf(jsonLines(data)), JSON.stringify(data, null, 2).split('\n'));
    }),
  );
  const data = { a: undefined, b: [undefined, new Date(0)], c: [], d: {}, e: new Date(0) };
  assert.deepEqual(allOf(jsonLines(data)), JSON.stringify(data, null, 2).split('\n'));
  assert.deepEqual(allOf(jsonLines([])), ['[]']);
});

test('JSON of a list that is read as it is made is that of the list, and no element is made before its turn', () => {
  let made = 0;
  function* numbers(): Generator<unknown> {
    for (; made < 3; made += 1) {
      yield undefined;
      yield { made, none: [][Symbol.iterator]() };
    }
  }
  const steps = jsonLines({ numbers: numbers() });
  assert.deepEqual([...steps.take(3)], ['{', undefined, '  "numbers": [']);
  assert.equal(made, 0);
  made = 0;
  const plain = { numbers: [0, 1, 2].map((number) => ({ made: number, none: [] })) };
  assert.deepEqual(allOf(jsonLines({ numbers: numbers() })), JSON.stringify(plain, null, 2).split('\n'));
});

test('grep shows the lines around a match as often as once, and numbers them', () => {
  const lines = 'a b c x d e f x g x h i j k'.split(' ');
  const expected = ['3-c', '4:x', '5-d', '--', '7-f', '8:x', '9-g', '10:x', '11-h'];
  assert.deepEqual(through(grep, '-n -A 1 -B 1 x', lines), expected);
  assert.deepEqual(through(grep, '-B 99 x', lines), lines.slice(0, 10));
  assert.deepEqual(through(tail, '3', lines), ['i', 'j', 'k']);
});

test('columns of many rows are those of few, with turns in between', () => {
  const rows = Array.from({ length: 300 }, (_, index) => ({ name: `n${index}`, count: index }));
  const layout = [
    { title: 'name', text: (row: { name: string }) => row.name },
    { title: 'count', text: (row: { count: number }) => row.count },
  ];
  const long = [...longColumns(rows, layout)];
  assert.ok(long.includes(undefined));
  assert.deepEqual(allOf(long), [...columns(rows, layout)]);
  assert.deepEqual(allOf(long).slice(0, 2), ['name  count', 'n0        0']);
});

test('what is shown is of one moment, whatever is committed while it is read', async (context) => {
  const levee = openLevee(context);
  const rows = Array.from(
    { length: 600 },
    (_, index) => `edit p${index}\nconfig pserver-list\nedit 1\nset ip 10.0.0.1\nnext\nend\nnext\n`,
  );
  await levee.as('writer').import(`config server-policy server-pool\n${rows.join('')}end\n`);
  for (const change of ['rename p599 to other', 'purge']) {
    const whole = await levee.show();
    const reading = Promise.withResolvers<void>();
    const waits = Promise.withResolvers<void>();
    const shown: string[] = [];
    const drained = (): Promise<void> => {
      waits.resolve();
      return reading.promise;
    };
    const { session } = levee.as('reader');
    const showing = session.execute('show', (part) => shown.push('text' in part ? part.text : ''), drained);
    await waits.promise;
    assert.ok(shown.join('').length < whole.length);
    const text = `config server-policy server-pool\n${change}\nend\n`;
    assert.equal((await levee.as('other').import(text)).outcome.status, 0);
    reading.resolve();
    await showing;
    assert.equal(shown.join(''), whole, change);
  }
});
