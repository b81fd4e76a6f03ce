import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** How long a program may take to open its port, in milliseconds. */
const patience = 15_000;

export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

/** A program in the foreground whose errors are shown; with a processor, it stays on that one. */
export function startProgram(command: readonly string[], processor: number | null): ChildProcess {
  const pinned = processor === null ? command : ['taskset', '-c', String(processor), ...command];
  const [program = '', ...words] = pinned;
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  // A benchmark that fails leaves nothing behind.
  const kill = (): void => void child.kill();
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return child;
}

export async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** Resolves when somebody listens on a loopback port. Rejects when the program ends, or after a while. */
export async function untilListening(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with status ${child.exitCode}`);
    if (performance.now() > deadline) throw new Error(`${child.spawnfile} does not listen on ${port}`);
    await setTimeout(50);
  }
}

function listens(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection(port, '127.0.0.1');
  socket.once('connect', () => {
    socket.destroy();
    resolve(true);
  });
  socket.once('error', () => resolve(false));
  return promise;
}
