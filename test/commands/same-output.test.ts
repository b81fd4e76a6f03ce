import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryFolder } from '../running/folder.ts';
import { type Ended, newState, type State } from '../running/levee.ts';

type Run = readonly [words: readonly string[], input?: string];

/** What users do, wrong and right; each stands on what came before. */
function runs(folder: string): readonly Run[] {
  const file = (name: string, text: string | Uint8Array): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const nameOf = (index: number): string => `rule ${index} ${'é'.repeat(50)}`;
  const rules = (count: number): string =>
    `config waf layer4-connection-flood-check-rule\n${Array.from(
      { length: count },
      (_, index) =>
        `edit "${nameOf(index)}"\nset layer4-connection-threshold ${index}\nset trigger-policy "mail"\nnext\n`,
    ).join('')}end\n`;
  const good = file('good.conf', 'config log trigger-policy\n  edit "mail"\n  next\nend\n');
  const bad = file(
    'bad.conf',
    'config waf layer4-connection-flood-check-rule\nedit "a"\nset action x\nset trigger-policy "no"\nnext\nend\n',
  );
  const latin = file(
    'latin.conf',
    Buffer.from('config log trigger-policy\nedit "\xe9"\nnext\nend\n', 'latin1'),
  );
  const big = file('big.conf', rules(12_000));
  const script = file('script.lua', 'when TCP_CLOSED {\n}\n');
  const noScript = file('no-script.lua', 'when TCP_CLOSED {\n  x = = 5\n}\nwhen NEVER {}\n');
  const unknown = file(
    'unknown.conf',
    `config router static\nedit 1\nend\n${'y'.repeat(2_000_000)}\nfrob\x1b[31m\n`,
  );
  return [
    [['import', good]],
    [['import', '--check', bad]],
    [['import', bad, good]],
    [['import', '--keep-going', bad]],
    [['import', latin]],
    [['import', big, good]],
    [['import', '-'], 'config system global\nset hostname fw1\nend\n'],
    [['import', '--skip-unknown', unknown]],
    [['import', unknown]],
    [['import', 'no such file']],
    [['import']],
    [['export', '--frob']],
    [[], 'config log trigger-policy\nedit "from standard input"\nshow\nnext\nend\nget log trigger-policy\n'],
    [['-c', 'config log trigger-policy', '-c', 'delete "nobody"', '-c', 'end', '-c', 'show log']],
    [['-c', 'config log trigger-policy', '-c', 'rename mail to post', '-c', 'show', '-c', 'end']],
    // Every one of its users is named: more than fits one frame.
    [['-c', 'config log trigger-policy', '-c', 'delete "post"']],
    [['-c', `show waf layer4-connection-flood-check-rule "${nameOf(11_999)}"`]],
    [['-c', 'diagnose policy flood-test "nobody" connections 1', '-c', 'show system global']],
    [['-c', `execute scripting load "bye" "${script}"`, '-c', 'show server-policy scripting']],
    [['-c', `execute scripting check "${noScript}"`]],
    [[], `execute scripting load "bye" "${noScript}"\n`],
    [[], 'execute scripting load "bye" "no such file"\nshow system global\n'],
    [['-c', 'exit', '-c', 'frob']],
    [
      [
        '-c',
        `config server-policy server-pool`,
        '-c',
        'edit p',
        '-c',
        `set comment "${'z'.repeat(100_000)}"`,
      ],
    ],
    [['export']],
    [['export', '--full']],
  ];
}

async function results(state: State, list: readonly Run[]): Promise<(Ended & { readonly words: string })[]> {
  const ended: (Ended & { readonly words: string })[] = [];
  for (const [words, input] of list)
    ended.push({ words: words.join(' ').slice(0, 100), ...(await state.run(words, input)) });
  return ended;
}

suite('the same commands', () => {
  test('print the same and end with the same status, with a daemon and without', async (context) => {
    const list = runs(temporaryFolder(context));
    const alone = await results(newState(context), list);
    const state = newState(context);
    const daemon = await state.daemon();
    const served = await results(state, list);
    for (const [index, one] of alone.entries()) assert.deepEqual(served[index], one);
    assert.equal((await daemon.kill('SIGTERM')).status, 0);
    assert.deepEqual(new Set(alone.map(({ status }) => status)), new Set([0, 1, 2]));
    assert.ok((alone.at(-1)?.stdout.length ?? 0) > 2_000_000, 'an export of some size');
  });
});
