import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryFolder } from '../running/folder.ts';
import { type Ended, newState } from '../running/levee.ts';

/**
 * Alone each is a process. With a daemon it is one of this test, which has the same session through the socket; but for
 * those that say so, one of each way in and out, and what is more than fits one frame: they are processes there too.
 */
type Run = readonly [words: readonly string[], input?: string | undefined, served?: 'by a process'];

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
    [['import', '--keep-going', bad], undefined, 'by a process'],
    [['import', latin]],
    [['import', '-'], 'config system global\nset hostname fw1\nend\n'],
    [['import', '--skip-unknown', unknown]],
    [['import', unknown]],
    [['import', 'no such file'], undefined, 'by a process'],
    [['import']],
    [['export', '--frob']],
    [
      [],
      'config log trigger-policy\nedit "from standard input"\nshow\nnext\nend\nget log trigger-policy\n',
      'by a process',
    ],
    [['-c', 'config log trigger-policy', '-c', 'delete "nobody"', '-c', 'end', '-c', 'show log']],
    [['-c', 'diagnose policy flood-test "nobody" connections 1', '-c', 'show system global']],
    [
      ['-c', `execute scripting load "bye" "${script}"`, '-c', 'show server-policy scripting'],
      undefined,
      'by a process',
    ],
    [['-c', `execute scripting check "${noScript}"`]],
    [[], `execute scripting load "bye" "${noScript}"\n`],
    [[], 'execute scripting load "bye" "no such file"\nshow system global\n'],
    [['-c', 'exit', '-c', 'frob'], undefined, 'by a process'],
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
    // Late: each process on its own reads all of it.
    [['import', big, good], undefined, 'by a process'],
    [['-c', 'config log trigger-policy', '-c', 'rename mail to post', '-c', 'show', '-c', 'end']],
    // Every one of its users is named: more than fits one frame.
    [['-c', 'config log trigger-policy', '-c', 'delete "post"'], undefined, 'by a process'],
    [['-c', `show waf layer4-connection-flood-check-rule "${nameOf(11_999)}"`]],
    [['export'], undefined, 'by a process'],
    [['export', '--full'], undefined, 'by a process'],
  ];
}

type Result = Ended & { readonly words: string };

async function results(list: readonly Run[], run: (each: Run) => Promise<Ended>): Promise<Result[]> {
  const ended: Result[] = [];
  for (const each of list) ended.push({ words: each[0].join(' ').slice(0, 100), ...(await run(each)) });
  return ended;
}

/** What no session has a part in is a process anyhow. */
function takesSession([[command, ...words], input]: Run): boolean {
  if (command === undefined) return input !== undefined;
  if (command === '-c') return true;
  return ['import', 'export'].includes(command) && words.length > 0 && words[0] !== '--frob';
}

suite('the same commands', () => {
  test('print the same and end with the same status, with a daemon and without', async (context) => {
    const list = runs(temporaryFolder(context));
    const apart = newState(context);
    const alone = await results(list, ([words, input]) => apart.run(words, input));
    const state = newState(context);
    const daemon = await state.daemon();
    const served = await results(list, (each) => {
      const [words, input, way] = each;
      return way === undefined && takesSession(each) ? state.here(words, input) : state.run(words, input);
    });
    for (const [index, one] of alone.entries()) assert.deepEqual(served[index], one);
    assert.equal((await daemon.kill('SIGTERM')).status, 0);
    assert.deepEqual(new Set(alone.map(({ status }) => status)), new Set([0, 1, 2]));
    assert.ok((alone.at(-1)?.stdout.length ?? 0) > 2_000_000, 'an export of some size');
  });
});
