import { writeFileSync, writeSync } from 'node:fs';
import { printProblem } from '../../cli/faults/problem.ts';
import type { Emit, ReplyPart } from '../../cli/session/session.ts';
import { codeOf, reasonOf } from '../../text/reason.ts';
import { pauseBriefly } from './pause.ts';

/** Writes output to standard output, and what is for the person to standard error. */
export const emit: Emit = (part) => {
  if (part.kind === 'output') writeAll(1, part.text);
  else writeAll(2, personText(part));
};

/** What a part says to the person. A part that is a file is written on the way. */
export function personText(part: ReplyPart): string {
  switch (part.kind) {
    case 'output':
    case 'notice':
      return part.text;
    case 'problem':
      return `${printProblem(part.problem)}\n`;
    case 'file':
      return writeFile(part.name, part.text, part.append);
    case 'unpaged':
    case 'file-wanted':
    case 'replay-wanted':
    case 'question':
      return '';
  }
}

function writeFile(name: string, text: string, append: boolean): string {
  try {
    writeFileSync(name, text, { flag: append ? 'a' : 'w', mode: 0o600 });
    return '';
  } catch (error) {
    return `can't write '${name}': ${reasonOf(error)}\n`;
  }
}

/** Writes everything, also into a full pipe that does not block. Ends the process when the reader has gone, as any filter does. */
function writeAll(descriptor: number, text: string): void {
  let rest = Buffer.from(text, 'utf8');
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EPIPE') process.exit(1);
      if (code !== 'EAGAIN') throw error;
      pauseBriefly();
    }
  }
}
