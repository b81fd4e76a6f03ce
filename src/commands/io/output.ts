import { printProblem } from '../../cli/faults/problem.ts';
import type { Emit, ReplyPart } from '../../cli/session/session.ts';
import type { Caller } from './caller.ts';

/** Writes output to standard output, and what is for the person to standard error. */
export function printTo({ output, outputIsTerminal, error }: Caller): Emit {
  return (part) => {
    if (part.kind === 'output') output(part.text);
    else if (part.kind !== 'done' || outputIsTerminal()) error(personText(part));
  };
}

/** What a part says to the person. */
export function personText(part: ReplyPart): string {
  switch (part.kind) {
    case 'output':
    case 'notice':
    case 'done':
      return part.text;
    case 'problem':
      return `${printProblem(part.problem)}\n`;
    case 'file':
    case 'unpaged':
    case 'file-wanted':
    case 'replay-wanted':
    case 'question':
      return '';
  }
}
