import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { NoRightToPing } from '../../system/ping.ts';
import { codeOf } from '../../text/reason.ts';
import type { EchoOptions, EchoResult } from './echo-sockets.ts';

const run = promisify(execFile);

const neither = 'no right to ping (net.ipv4.ping_group_range), and no ping program';

/**
 * One request of the system's ping(8), which may have a right to ask that this process has not. `address` is one, no name
 * and no option. Rejects where there is none.
 */
export async function askWithProgram(
  address: string,
  { size, timeout }: EchoOptions,
  signal: AbortSignal,
  program = 'ping',
): Promise<EchoResult> {
  const words = ['-c', '1', '-s', String(size), address];
  try {
    const { stdout } = await run(program, words, {
      timeout,
      signal,
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    });
    const time = /\btime[=<]([\d.]+) ?ms/.exec(stdout)?.[1];
    return time === undefined ? { type: 'silent' } : { type: 'answered', milliseconds: Number(time) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new NoRightToPing(neither, { cause: error });
    return resultOf(error);
  }
}

/** It ends with 1 where no reply came, and is killed where none comes in time; all else it says in a line. */
function resultOf(error: unknown): EchoResult {
  const isSilent =
    codeOf(error) === '1' || codeOf(error) === 'ABORT_ERR' || (isFailure(error) && error.killed);
  if (isSilent) return { type: 'silent' };
  const said = isFailure(error) ? error.stderr.trim().split('\n')[0] : undefined;
  return { type: 'failed', error: new Error(said || 'the ping program failed', { cause: error }) };
}

function isFailure(error: unknown): error is { readonly killed: boolean; readonly stderr: string } {
  return error instanceof Error && 'killed' in error && 'stderr' in error && typeof error.stderr === 'string';
}
