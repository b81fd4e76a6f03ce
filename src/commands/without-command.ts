import type { BatchSource } from '../cli/session.ts';
import type { StateDirectory } from '../daemon/state-directory.ts';
import { attach } from './attach.ts';
import { readStandardInput } from './input.ts';
import { emit } from './output.ts';

/** `levee` alone: the `-c` commands, else the prompt on a terminal, else commands from standard input. */
export async function runWithoutCommand(state: StateDirectory, commands: readonly string[]): Promise<number> {
  if (commands.length > 0) {
    return runBatch(state, '-c', { name: '-c', bytes: Buffer.from(`${commands.join('\n')}\n`) });
  }
  if (process.stdin.isTTY) {
    const { runPrompt } = await import('./terminal.ts');
    return runPrompt(state);
  }
  return runBatch(state, 'standard input', { name: '(standard input)', bytes: readStandardInput() });
}

async function runBatch(state: StateDirectory, origin: string, source: BatchSource): Promise<number> {
  const { session, close } = await attach(state, origin);
  try {
    const options = { check: false, keepGoing: false, skipUnknown: false, operations: true };
    return (await session.batch([source], options, emit)).status;
  } finally {
    close();
  }
}
