import { launcher } from '../running/levee.ts';
import { PseudoTerminal } from './pseudo-terminal.ts';
import type { SeenTerminal } from './seen-terminal.ts';

export type Step =
  /** Until it has shown this, after what was waited for before. */
  | readonly ['wait', text: string]
  | readonly ['type', text: string]
  | readonly ['hangup']
  /** Something to be done outside while the command runs. */
  | readonly ['do', action: () => Promise<void>];

export type Shown = { readonly screen: string; readonly status: number };

export const size = { columns: 80, rows: 24 };

/** bin/levee as a process, on a terminal of the operating system. */
export function processOnTerminal(words: readonly string[]): PseudoTerminal {
  return new PseudoTerminal(size.columns, size.rows, { TZ: 'UTC' }, [launcher, ...words]);
}

/** Plays steps on a terminal; their end must be the end of what runs there. */
export async function play(terminal: SeenTerminal, steps: readonly Step[]): Promise<Shown> {
  for (const step of steps) {
    if (step[0] === 'wait') await terminal.writes(step[1]);
    else if (step[0] === 'type') terminal.type(step[1]);
    else if (step[0] === 'hangup') terminal.hangUp();
    else await step[1]();
  }
  const { status } = await terminal.end();
  return { screen: terminal.written, status };
}
