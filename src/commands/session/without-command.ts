import { type BatchSource, type ReplyPart, strictBatch } from '../../cli/session/session.ts';
import { mostText } from '../../cli/session/settings/limits.ts';
import { MissingState } from '../../daemon/state/missing-state.ts';
import type { StateDirectory } from '../../daemon/state/state-directory.ts';
import type { Entry } from '../command-line/command.ts';
import { printTo } from '../io/output.ts';
import { attach } from './attach.ts';

/** `levee` alone: the `-c` commands, else the prompt on a terminal, else commands from standard input. */
export async function runWithoutCommand(entry: Entry, commands: readonly string[]): Promise<number> {
  const { caller } = entry;
  if (commands.length > 0) return runCommands(entry, commands);
  if (caller.input.isTerminal()) {
    const { runPrompt } = await import('./prompt.ts');
    return runPrompt(entry);
  }
  const bytes = caller.input.whole(mostText);
  return runBatch(entry, 'standard input', { name: '(standard input)', bytes });
}

/** @param shown what is shown in the place of a part */
export function runCommands(
  entry: Entry,
  commands: readonly string[],
  shown?: (part: ReplyPart) => ReplyPart,
): Promise<number> {
  return runBatch(entry, '-c', { name: '-c', bytes: Buffer.from(`${commands.join('\n')}\n`) }, shown);
}

async function runBatch(
  entry: Entry,
  origin: string,
  source: BatchSource,
  shown = (part: ReplyPart): ReplyPart => part,
): Promise<number> {
  const print = printTo(entry.caller);
  const state = await stateFor(entry, source);
  const { session, close } = await attach({ ...entry, open: () => state }, origin);
  try {
    const options = { ...strictBatch, operations: true };
    return (await session.batch([source], options, (part) => print(shown(part)))).status;
  } finally {
    await close();
  }
}

/** Where there is none, one is made for commands that could change something. */
async function stateFor({ open, openToRead }: Entry, { bytes }: BatchSource): Promise<StateDirectory> {
  try {
    return openToRead();
  } catch (error) {
    if (!(error instanceof MissingState)) throw error;
    const { loadLanguage } = await import('../../cli/language/language.ts');
    const { onlyReads } = await import('../../cli/batch/foreign/only-reads.ts');
    if (onlyReads(await loadLanguage(), Buffer.from(bytes).toString())) throw error;
    return open();
  }
}
