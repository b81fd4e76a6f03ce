import type { Running } from '../../daemon/running.ts';
import { statusText } from '../../daemon/service/status-text.ts';
import type { Caller } from '../io/caller.ts';

/** What a process that runs Levee does on signals that do not end it: docs/signals.md. `report` takes a line. */
export function heedSignals(
  { owner, enforcer }: Running,
  { onSignal }: Caller,
  report: (line: string) => void,
): void {
  onSignal('SIGUSR1', () => enforcer.logs.reopen());
  onSignal('SIGUSR2', () => {
    if (owner.system !== undefined) report(statusText(owner.system.status()));
  });
}
