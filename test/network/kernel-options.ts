import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Level and name of an option, and the bytes of its value. */
export type KernelOption = readonly [level: number, name: number, bytes: number];

/**
 * What another process is told of a socket of this one: for each option the bytes of its value, or the name of the
 * error. Null where the system does not let it ask.
 */
export async function kernelOptions(
  port: number,
  peer: number,
  options: readonly KernelOption[],
): Promise<readonly (Buffer | string)[] | null> {
  const wanted = options.map((option) => option.join(':'));
  const reader = join(import.meta.dirname, 'read-options.py');
  try {
    const { stdout } = await run('python3', [
      reader,
      String(process.pid),
      String(port),
      String(peer),
      ...wanted,
    ]);
    const lines = stdout.trimEnd().split('\n');
    return lines.map((line) => (/^[0-9a-f]+$/.test(line) ? Buffer.from(line, 'hex') : line));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 77) return null;
    throw error;
  }
}

/** Why kernelOptions can't be used here, or false. */
export async function cannotAsk(): Promise<string | false> {
  if (process.platform !== 'linux') return 'the options of a socket can be read elsewhere on Linux only';
  try {
    await run('python3', ['-c', 'import os, ctypes; assert hasattr(os, "pidfd_open")']);
  } catch {
    return 'python3 is not installed';
  }
  return false;
}
