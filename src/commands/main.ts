import { endProcess } from '../daemon/process-end.ts';
import { runCommandLine } from './command-line/run.ts';
import { processCaller } from './io/process-caller.ts';

// Every file that Levee writes is for its owner alone.
process.umask(0o077);
endProcess(await runCommandLine(process.argv.slice(2), processCaller));
