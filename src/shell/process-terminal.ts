import type { Terminal } from './terminal.ts';

const deadly = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP'] as const;

/** The terminal that this process was started on. `NO_COLOR` (no-color.org) is honoured. */
export function processTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const { stdin, stdout } = process;
  const isTTY = stdin.isTTY && stdout.isTTY;
  return {
    input: stdin,
    output: stdout,
    isTTY,
    colour: isTTY && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb',
    get columns() {
      return stdout.columns || 80;
    },
    get rows() {
      return stdout.rows || 24;
    },
    setRaw(raw) {
      if (!stdin.destroyed) stdin.setRawMode(raw);
    },
    onResize(listener) {
      stdout.on('resize', listener);
      return () => void stdout.off('resize', listener);
    },
    guard,
  };
}

/** A signal that would end the process at once restores the terminal first. Others may listen for it too: then they decide. */
function guard(restore: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1) return;
    restore();
    release();
    process.kill(process.pid, signal);
  };
  const release = (): void => {
    process.off('exit', restore);
    for (const signal of deadly) process.off(signal, onSignal);
  };
  process.on('exit', restore);
  for (const signal of deadly) process.on(signal, onSignal);
  return release;
}
