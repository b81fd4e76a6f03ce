import { processTerminal } from '../../src/shell/process-terminal.ts';
import { runShell } from '../../src/shell/terminal-shell.ts';
import { FakeSession } from './fake-session.ts';

/** A process that a test can put on a pseudo-terminal. */
await runShell(new FakeSession(), {
  terminal: processTerminal(process.env),
  print: (part) => ('text' in part ? part.text : ''),
  historyFile: null,
  events: () => () => undefined,
  signal: new AbortController().signal,
});
process.stdout.write('the shell has ended\n');
