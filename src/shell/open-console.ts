import type { Console } from './console.ts';
import { PipedConsole } from './piped-console.ts';
import type { Terminal } from './terminal/terminal.ts';
import { TerminalConsole } from './terminal-console.ts';

/** Takes over a terminal until the console is closed, by whoever opened it. */
export function openConsole(terminal: Terminal): Console {
  return terminal.isTTY ? new TerminalConsole(terminal) : new PipedConsole(terminal);
}
