import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { DrivenShell } from './driven-shell.ts';
import { FakeSession } from './fake-session.ts';
import { parseTranscript, printTranscript, sequencesOf, type Transcript } from './transcript.ts';

/** Every .txt of the folder beside. With UPDATE=1 they are written anew: read the difference before you keep it. */
const update = process.env['UPDATE'] === '1';

suite('key transcripts', () => {
  for (const file of globSync(join(import.meta.dirname, 'transcripts', '*.txt')).sort()) {
    test(basename(file, '.txt'), async () => {
      const text = readFileSync(file, 'utf8');
      const seen = printTranscript(await play(parseTranscript(text)));
      if (update) writeFileSync(file, seen);
      else assert.equal(seen, text);
    });
  }
});

async function play(transcript: Transcript): Promise<Transcript> {
  const { columns, rows, colour, head } = transcript;
  const shell = new DrivenShell(new FakeSession(), { columns, rows, colour });
  await shell.settled();
  const steps: Transcript['steps'][number][] = [];
  for (const { action, screen } of transcript.steps) {
    const [verb, ...words] = action.split(' ');
    if (verb === 'resize') await shell.resize(Number(words[0]), Number(words[1]));
    else if (verb === 'event') shell.console.notify(words.join(' '));
    else await shell.type(sequencesOf(action));
    await shell.settled();
    if (update) await pause(150);
    else await shell.shows(() => screenOf(shell, head).join('\n') === screen.join('\n'));
    steps.push({ action, screen: screenOf(shell, head) });
  }
  shell.input.end();
  await shell.ended;
  return { ...transcript, steps };
}

function screenOf({ terminal }: DrivenShell, head: readonly string[]): string[] {
  return head.includes('looks')
    ? [...terminal.picture, `looks ${terminal.looksAtCursor}`.trimEnd()]
    : terminal.picture;
}
