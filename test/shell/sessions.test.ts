import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { newState } from '../running/levee.ts';
import { noPseudoTerminal, PseudoTerminal } from '../terminal/pseudo-terminal.ts';
import { parseTranscript, printTranscript, sequencesOf, type Transcript } from './transcript.ts';

/**
 * Key transcripts of Levee itself, on a configuration that sessions/stored.conf holds. With UPDATE=1 they are written
 * anew, each screen as it is when nothing has changed for a while: read the difference before you keep it.
 */
const update = process.env['UPDATE'] === '1';
const sessions = join(import.meta.dirname, 'sessions');

/** One of them runs as a process, on a terminal of the operating system: that one whose keys could be signals there. */
const ofTheSystem = 'control-keys';

suite('sessions on a terminal', { concurrency: 2 }, () => {
  for (const file of globSync(join(sessions, '*.txt')).sort()) {
    const name = basename(file, '.txt');
    const isOfTheSystem = name === ofTheSystem;
    test(name, { skip: isOfTheSystem && noPseudoTerminal }, async (context) => {
      const text = readFileSync(file, 'utf8');
      const seen = printTranscript(await play(context, parseTranscript(text), isOfTheSystem));
      if (update) writeFileSync(file, seen);
      else assert.equal(seen, text);
    });
  }
});

/** What is seen where it is as it should be at some time; else what is seen in the end. */
async function play(
  context: TestContext,
  transcript: Transcript,
  isOfTheSystem: boolean,
): Promise<Transcript> {
  const state = newState(context);
  const { status, stderr } = await state.here(['import', join(sessions, 'stored.conf')]);
  assert.deepEqual([status, stderr], [0, '']);
  const { columns, rows } = transcript;
  const shell = isOfTheSystem
    ? new PseudoTerminal(columns, rows, {}, state.command([]))
    : await state.terminal(columns, rows);
  await shell.has('Levee # █');
  shell.type(sequencesOf('<C-l>'));
  await shell.shows('Levee # █');
  const steps: Transcript['steps'][number][] = [];
  for (const { action, screen } of transcript.steps) {
    const [verb, columns, rows] = action.split(' ');
    if (verb === 'resize') shell.resize(Number(columns), Number(rows));
    else shell.type(sequencesOf(action));
    if (update) await pause(700);
    else await shell.shows(...screen);
    steps.push({ action, screen: shell.terminal.picture });
  }
  shell.hangUp();
  await shell.end();
  return { ...transcript, steps };
}
