import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { maximumFrame } from '../../src/doors/socket/frames.ts';
import { isWhole } from '../campaign.ts';
import { temporaryFolder } from '../running/folder.ts';
import { type Ended, newState, type State } from '../running/levee.ts';

/**
 * Alone each owns the state directory; with a daemon it has the same session through the socket. Most are run in the
 * process of this test. One of each way in and out, and what is large, are processes; in a whole campaign each is one
 * either alone or with a daemon, so that a process and what stands for it print the same, too.
 */
type Run = readonly [words: readonly string[], input?: string | undefined, way?: 'by a process'];

/** What users do, wrong and right; each stands on what came before. */
function runs(folder: string): readonly Run[] {
  const file = (name: string, text: string | Uint8Array): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const nameOf = (index: number): string => `rule ${index} ${'😀'.repeat(50)}`;
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
  const big = file('big.conf', rules(4000));
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
    [['import', '-'], 'config system global\nset hostname fw1\nend\n'],
    [['import', '--skip-unknown', unknown]],
    [['import', unknown]],
    [['import', 'no such file']],
    [['import']],
    [['export', '--frob']],
    [
      [],
      'config log trigger-policy\nedit "from standard input"\nshow\nnext\nend\nget log trigger-policy\n',
      'by a process',
    ],
    [['-c', 'config log trigger-policy', '-c', 'delete "nobody"', '-c', 'end', '-c', 'show log']],
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
    // Late: who is alone reads all of it each time.
    [['import', big, good]],
    [['-c', 'config log trigger-policy', '-c', 'rename mail to post', '-c', 'show', '-c', 'end']],
    // Every one of its users is named: more than fits one frame.
    [['-c', 'config log trigger-policy', '-c', 'delete "post"']],
    [['-c', `show waf layer4-connection-flood-check-rule "${nameOf(3999)}"`]],
    [['export', '--full']],
    [['export'], undefined, 'by a process'],
  ];
}

type Result = Ended & { readonly words: string };

async function results(state: State, list: readonly Run[], odd: 0 | 1): Promise<Result[]> {
  const ended: Result[] = [];
  for (const [index, [words, input, way]] of list.entries()) {
    const asProcess = way !== undefined || (isWhole && index % 2 === odd);
    const result = await (asProcess ? state.run(words, input) : state.here(words, input));
    ended.push({ words: words.join(' ').slice(0, 100), ...result });
  }
  return ended;
}

suite('the same commands', () => {
  test('print the same and end with the same status, with a daemon and without', async (context) => {
    const list = runs(temporaryFolder(context));
    const alone = await results(newState(context), list, 0);
    const state = newState(context);
    await (isWhole ? state.daemon() : state.daemonHere());
    const served = await results(state, list, 1);
    for (const [index, one] of alone.entries()) assert.deepEqual(served[index], one);
    assert.deepEqual(new Set(alone.map(({ status }) => status)), new Set([0, 1, 2]));
    for (const stream of ['stdout', 'stderr'] as const) {
      const longest = Math.max(...alone.map((each) => Buffer.byteLength(each[stream])));
      assert.ok(longest > maximumFrame, `some length of ${stream}: ${longest}`);
    }
  });
});
