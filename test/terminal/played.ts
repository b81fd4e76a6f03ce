import { constants } from 'node:os';
import { launcher } from '../running/levee.ts';
import { PseudoTerminal } from './pseudo-terminal.ts';

export type Step =
  /** Until it has shown this, after what was waited for before. */
  | readonly ['wait', text: string]
  | readonly ['type', text: string]
  | readonly ['hangup']
  | readonly ['kill', signal: NodeJS.Signals]
  /** Something to be done outside while the command runs. */
  | readonly ['do', action: () => Promise<void>];

export type Shown = { readonly screen: string; readonly status: number };

/** Plays steps on bin/levee in a pseudo-terminal; their end must be its end. */
export async function onTerminal(words: readonly string[], steps: readonly Step[]): Promise<Shown> {
  const terminal = new PseudoTerminal(80, 24, { TZ: 'UTC' }, [launcher, ...words]);
  for (const step of steps) {
    if (step[0] === 'wait') await terminal.writes(step[1]);
    else if (step[0] === 'type') terminal.type(step[1]);
    else if (step[0] === 'hangup') terminal.hangUp();
    else if (step[0] === 'kill') terminal.signal(constants.signals[step[1]]);
    else await step[1]();
  }
  const { status } = await terminal.end();
  return { screen: terminal.written, status };
}
