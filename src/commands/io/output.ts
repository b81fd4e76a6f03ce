import { personText } from '../../cli/printing/person-text.ts';
import type { Emit } from '../../cli/session/session.ts';
import type { Caller } from './caller.ts';

/** Writes output to standard output, and what is for the person to standard error. */
export function printTo({ output, outputIsTerminal, error, errorColumns }: Caller): Emit {
  return (part) => {
    if (part.kind === 'output') output(part.text);
    else if (part.kind !== 'done' || outputIsTerminal()) error(personText(part, errorColumns()));
  };
}
