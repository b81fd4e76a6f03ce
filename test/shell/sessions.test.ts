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

suite('sessions on a pseudo-terminal', { skip: noPseudoTerminal, concurrency: 2 }, () => {
  for (const file of globSync(join(sessions, '*.txt')).sort()) {
    test(basename(file, '.txt'), async (context) => {
      const text = readFileSync(file, 'utf8');
      const seen = printTranscript(await play(context, parseTranscript(text)));
      if (update) writeFileSync(file, seen);
      else assert.equal(seen, text);
    });
  }
});

/** What is seen where it is as it should be at some time; else what is seen in the end. */
async function play(context: TestContext, transcript: Transcript): Promise<Transcript> {
  const state = newState(context);
  const { status, stderr } = await state.here(['import', join(sessions, 'stored.conf')]);
  assert.deepEqual([status, stderr], [0, '']);
  const shell = new PseudoTerminal(transcript.columns, transcript.rows, {}, state.command([]));
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
