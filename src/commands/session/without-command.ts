import { mostText } from '../../cli/session/limits.ts';
import { type BatchSource, strictBatch } from '../../cli/session/session.ts';
import type { Entry } from '../command-line/command.ts';
import { printTo } from '../io/output.ts';
import { attach } from './attach.ts';

/** A command that changes nothing, whatever follows. */
const reading = /^\s*(?:show|get|tree|diagnose)(?:\s|$)/;

/** `levee` alone: the `-c` commands, else the prompt on a terminal, else commands from standard input. */
export async function runWithoutCommand(entry: Entry, commands: readonly string[]): Promise<number> {
  const { caller } = entry;
  if (commands.length > 0) {
    const open = commands.every((command) => reading.test(command)) ? entry.openToRead : entry.open;
    return runBatch({ ...entry, open }, '-c', { name: '-c', bytes: Buffer.from(`${commands.join('\n')}\n`) });
  }
  if (caller.input.isTerminal()) {
    const { runPrompt } = await import('./prompt.ts');
    return runPrompt(entry);
  }
  const bytes = caller.input.whole(mostText);
  return runBatch(entry, 'standard input', { name: '(standard input)', bytes });
}

async function runBatch(entry: Entry, origin: string, source: BatchSource): Promise<number> {
  const { session, close } = await attach(entry, origin);
  try {
    return (await session.batch([source], { ...strictBatch, operations: true }, printTo(entry.caller)))
      .status;
  } finally {
    await close();
  }
}
