import { writeSync } from 'node:fs';
import { printProblem } from '../cli/problem.ts';
import type { Emit, ReplyPart } from '../cli/session.ts';

/** Output to standard output; what is for the person to standard error. */
export const emit: Emit = (part) => {
  if (part.kind === 'output') writeAll(1, part.text);
  else writeAll(2, partText(part));
};

export function partText(part: ReplyPart): string {
  return part.kind === 'problem' ? `${printProblem(part.problem)}\n` : part.text;
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes everything, also into a pipe that is full; a reader that has gone ends the process like any filter. */
function writeAll(descriptor: number, text: string): void {
  let rest = Buffer.from(text, 'utf8');
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EPIPE') process.exit(1);
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 5);
    }
  }
}
