import type { Running } from '../../daemon/running.ts';
import { counted } from '../../text/plural.ts';
import type { Caller } from '../io/caller.ts';

/** What a process that runs Levee does on signals that do not end it: docs/signals.md. `report` takes a line. */
export function heedSignals(
  { owner, enforcer }: Running,
  { onSignal }: Caller,
  report: (line: string) => void,
): void {
  onSignal('SIGUSR1', () => enforcer.logs.reopen());
  onSignal('SIGUSR2', () => {
    if (owner.system === undefined) return;
    const { revision, workers, connections, admitted, refused, sources } = owner.system.status();
    const held = `${counted(connections, 'connection')} of ${counted(sources.used, 'source')}`;
    const since = `${admitted} admitted and ${refused} refused since the start`;
    report(`revision ${revision}, ${counted(workers, 'worker')}, ${held}; ${since}`);
  });
}
