import { openConsole } from '../../src/shell/open-console.ts';
import { processTerminal } from '../../src/shell/terminal/process-terminal.ts';
import { FakeSession } from './fake-session.ts';

/** A process that a test can put on a pseudo-terminal. */
const console = openConsole(processTerminal(process.env));
try {
  await console.run(new FakeSession(), {
    print: (part) => ('text' in part ? part.text : ''),
    historyFile: null,
    mustRun: null,
  });
} finally {
  console.close();
}
process.stdout.write('the shell has ended\n');
