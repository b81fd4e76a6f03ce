import { mostText } from '../../cli/session/settings/limits.ts';
import { reasonOf } from '../../text/reason.ts';
import { UsageError } from '../command-line/command.ts';
import type { Input } from './caller.ts';
import { readFileToEnd } from './read-to-end.ts';

/** What a named configuration holds; `-` is standard input. Throws `UsageError` where it can't be read. */
export function readSource(name: string, input: Input): Uint8Array {
  try {
    return name === '-' ? input.whole(mostText) : readFileToEnd(name, mostText);
  } catch (error) {
    throw new UsageError(`can't read '${name}': ${reasonOf(error)}`);
  }
}

/** As messages call it. */
export function sourceName(name: string): string {
  return name === '-' ? '(standard input)' : name;
}
