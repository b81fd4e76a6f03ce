import { setImmediate } from 'node:timers/promises';
import type { Terminal } from './terminal.ts';

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const;

/**
 * The terminal that this process was started on. `NO_COLOR` (no-color.org) is honoured; `TERM=dumb` and `LEVEE_PLAIN=1`
 * make it a plain one.
 */
export function processTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const { stdin, stdout } = process;
  const isTTY = stdin.isTTY && stdout.isTTY;
  const isPlain = environment['TERM'] === 'dumb' || (environment['LEVEE_PLAIN'] ?? '') !== '';
  return {
    input: stdin,
    output: stdout,
    isTTY,
    colour: isTTY && (environment['NO_COLOR'] ?? '') === '' && !isPlain,
    isPlain,
    newline: '\n',
    get columns() {
      return stdout.columns || 80;
    },
    get rows() {
      return stdout.rows || 24;
    },
    setRaw(raw) {
      if (!stdin.destroyed) stdin.setRawMode(raw);
    },
    suspend,
    onResize(listener) {
      stdout.on('resize', listener);
      return () => void stdout.off('resize', listener);
    },
    guard,
  };
}

/** Job control: the process stands still in here. Where no shell could let it go on, the system does not stop it. */
async function suspend(): Promise<void> {
  process.kill(process.pid, 'SIGTSTP');
  await setImmediate();
}

/**
 * A signal that would end the process restores the terminal first; where others listen for it too, they decide. A
 * hangup ends the input, and with it whoever reads it.
 */
function guard(restore: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1) return;
    restore();
    release();
    process.kill(process.pid, signal);
  };
  const onHangup = (): void => void process.stdin.destroy();
  const release = (): void => {
    process.off('exit', restore);
    process.off('SIGHUP', onHangup);
    for (const signal of endingSignals) process.off(signal, onSignal);
  };
  process.on('exit', restore);
  process.on('SIGHUP', onHangup);
  for (const signal of endingSignals) process.on(signal, onSignal);
  return release;
}
