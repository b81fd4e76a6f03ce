import { endProcess } from '../daemon/process-end.ts';
import { runCommandLine } from './command-line/run.ts';
import { processCaller } from './io/process-caller.ts';

// Every file that Levee writes is for its owner alone.
process.umask(0o077);
// Those that operators send by habit to whatever is called so: where nothing is done about them, nothing happens.
for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) process.on(signal, () => undefined);
endProcess(await runCommandLine(process.argv.slice(2), processCaller));
