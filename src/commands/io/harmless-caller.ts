import { harmless, harmlessInColour } from '../../text/harmless.ts';
import type { Caller } from './caller.ts';

/**
 * A caller whom no text can harm, whoever has written it: a name, a member, a packet, another server. What a person
 * reads is made harmless, wherever it goes. Output is so at a terminal only: a file or a pipe gets each byte as it is.
 */
export function harmlessCaller(caller: Caller): Caller {
  const { output, error, report } = caller;
  return {
    ...caller,
    output: (text) => output(caller.outputIsTerminal() ? shown(text) : text),
    error: (text) => error(shown(text)),
    report: (line) => report(harmless(line)),
  };
}

/** Bytes are what packet rules print: these may use colours. */
function shown(text: string | Uint8Array): string {
  return typeof text === 'string' ? harmless(text) : harmlessInColour(decoder.decode(text));
}

const decoder = new TextDecoder();
