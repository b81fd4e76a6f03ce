import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { areas } from '../../schemas/table.ts';
import type { Operation } from '../../src/cli/language/operation.ts';
import { type Levee, language, openLevee, printed } from './in-process.ts';

const operations = language.operations();

/** The shortest beginnings of its words that name an operation. */
function abbreviated({ verb, words }: Operation): string {
  return words
    .map((word, index) => {
      const others = operations
        .filter(
          (other) =>
            other.verb === verb && words.slice(0, index).every((said, at) => other.words[at] === said),
        )
        .flatMap((other) => other.words[index] ?? [])
        .filter((other) => other !== word);
      const length = [...word].findIndex(
        (_, at) => !others.some((other) => other.startsWith(word.slice(0, at + 1))),
      );
      return length < 0 ? word : word.slice(0, length + 1);
    })
    .join(' ');
}

/** An administrator who may do everything but this; or only read there. */
async function administrator(levee: Levee, area: string, grant: 'none' | 'r'): Promise<void> {
  const others = areas.filter((other) => other !== area).map((other) => `set ${other} rw\n`);
  const reply = await levee
    .as('anna')
    .import(
      `config system accprofile\nedit ${area}-${grant}\n${others.join('')}set ${area} ${grant}\nnext\nend\nconfig system admin\nedit ${area}-${grant}\nset access-profile ${area}-${grant}\nnext\nend\n`,
    );
  assert.equal(printed(reply), '');
}

function needed({ requires }: Operation): { readonly area: string; readonly access: string } | undefined {
  return requires === 'by-table' ? undefined : requires;
}

suite('every operation', () => {
  test('is explained and completed, word by word, and may be abbreviated', async (context) => {
    const { session } = openLevee(context).as('anna');
    for (const operation of operations) {
      const { verb, words, help } = operation;
      const line = [verb, ...words].join(' ');
      const before = [verb, ...words.slice(0, -1), ''].join(' ');
      const last = words.at(-1) ?? '';
      const offered = await session.help(before, before.length);
      const texts = offered.filter(({ word }) => word === last).map(({ help: text }) => text);
      assert.equal(texts.length, 1, line);
      const isOnly =
        operations.filter((other) => [other.verb, ...other.words].join(' ').startsWith(line)).length === 1;
      if (isOnly) assert.equal(texts[0], help, line);
      const { candidates } = await session.complete(line, line.length);
      assert.ok(
        candidates.some(({ text }) => text.trim() === last),
        line,
      );
      // What follows the shortest form is what follows the whole.
      const [short, long] = [`${verb} ${abbreviated(operation)} `, `${line} `];
      assert.deepEqual(await session.help(short, short.length), await session.help(long, long.length), short);
    }
  });

  for (const area of new Set(operations.flatMap((operation) => needed(operation)?.area ?? []))) {
    test(`that takes something of ${area} is refused to, and hidden from, who may not`, async (context) => {
      const levee = openLevee(context);
      for (const grant of ['none', 'r'] as const) {
        await administrator(levee, area, grant);
        for (const operation of operations.filter((each) => needed(each)?.area === area)) {
          const isAllowed = grant === 'r' && needed(operation)?.access === 'r';
          const line = [operation.verb, ...operation.words].join(' ');
          const typist = levee.asAdministrator(`${area}-${grant}`);
          const { candidates } = await typist.session.complete(line, line.length);
          const isOffered = candidates.some(({ text }) => text.trim() === operation.words.at(-1));
          assert.equal(isOffered, isAllowed, line);
          if (isAllowed) continue;
          const { problems } = await typist.type(line);
          assert.deepEqual(
            problems.map(({ error, returnCode }) => [error, returnCode]),
            [['permission', -37]],
            line,
          );
        }
      }
    });
  }
});

async function withHistory(context: TestContext): Promise<Levee> {
  const levee = openLevee(context);
  await levee.as('anna').type('config system global', 'set hostname one', 'end');
  return levee;
}

suite('as JSON', () => {
  for (const [line, keys] of [
    ['execute revision list', [0, 'revision', 'user', 'from', 'time', 'comment', 'changed']],
    ['execute revision show 1', ['revision', 'user', 'from', 'time', 'comment', 'changes']],
    ['execute revision diff 0', [0, 'path', 'entries']],
    ['execute revision rollback 0', ['revision', 'broughtBack', 'remarks']],
    ['execute config-transaction status', ['transactions', 'awaited']],
    ['execute config-transaction check', ['opens', 'closes', 'refused', 'notices']],
    ['execute config-transaction diff', [0, 'path', 'entries']],
    ['execute config-transaction commit', ['revision', 'transaction', 'confirmWithin', 'guard']],
    ['execute config-transaction confirm', ['revision']],
    ['execute broadcast "at noon"', ['told']],
    ['show | compare', []],
  ] as const) {
    test(line, async (context) => {
      const anna = (await withHistory(context)).as('anna');
      if (line.includes('transaction'))
        await anna.type(
          'execute config-transaction start',
          'config system global',
          'set hostname two',
          'end',
        );
      if (line.endsWith('confirm')) await anna.type('execute config-transaction commit confirmed 5 guard 7');
      const reply = await anna.type(`${line} | json`);
      assert.equal(printed(reply), '');
      const data: unknown = JSON.parse(reply.output);
      const [first, ...names] = keys;
      const shown = first === 0 && Array.isArray(data) ? data[0] : data;
      assert.deepEqual(Object.keys(Object(shown)), first === 0 ? names : keys);
    });
  }
});
