import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printProblem } from '../../src/cli/faults/print-problem.ts';
import { displayWidth } from '../../src/text/display-width.ts';
import { openLevee } from './in-process.ts';

test('no row of an error is broken within a word, and the mark stands under its own, on any terminal', async (context) => {
  const ann = openLevee(context).as('ann');
  const lines = [
    'execute reboot',
    `execute revision ${' '.repeat(60)}list 1 2`,
    `diagnose policy list one two ${'and so on '.repeat(12)}`,
    'execute restore config a merge yes replace',
  ];
  for (const line of lines) {
    const { problems } = await ann.type(line);
    const [problem] = problems;
    assert.ok(problem !== undefined);
    const whole = printProblem(problem);
    const [, , ...hint] = whole.split('\n');
    for (const width of [40, 80, 110]) {
      const rows: readonly string[] = printProblem(problem, width).split('\n');
      assert.deepEqual(
        rows.filter((row) => row.length > width),
        [],
      );
      const at = rows.findIndex((row) => row.includes('^'));
      const [text = '', mark = ''] = rows.slice(at - 1);
      const [marked = ''] = /\^+/.exec(mark) ?? [];
      const word = text.substr(mark.indexOf('^'), marked.length);
      assert.ok(problem.message.endsWith(`'${word}'`), `${word} in ${problem.message}`);
      const words = (all: readonly string[]): string => all.join(' ').replaceAll(/\s+/g, ' ');
      assert.equal(words(rows.slice(at)), words(hint));
    }
  }
});

test('a line of wide characters fits into as many cells, and its mark is as wide as its word', async (context) => {
  const ann = openLevee(context).as('ann');
  const word = '日本'.repeat(4);
  const { problems } = await ann.type(`config waf ${word} "${word.repeat(3)}"`);
  const [problem] = problems;
  assert.ok(problem !== undefined);
  for (const width of [12, 20, 30, 40, 80]) {
    const rows: readonly string[] = printProblem(problem, width).split('\n');
    const at = rows.findIndex((row) => row.includes('^'));
    const [text = '', mark = ''] = rows.slice(at - 1);
    assert.ok(displayWidth(text) <= width, `${text} in ${width}`);
    if (width < 20) continue;
    const begins = text.indexOf('日');
    const [marked = ''] = /^[^ .]+/.exec(text.slice(begins)) ?? [];
    assert.equal(mark.indexOf('^'), displayWidth(text.slice(0, begins)));
    assert.equal(/\^+/.exec(mark)?.[0].length, displayWidth(marked));
  }
});
