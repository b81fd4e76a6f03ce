import { parseArgs } from 'node:util';
import { defaultLimits, type RuleLimits } from '../../packet-rules/rules/limits.ts';
import type { Reading } from '../../packets/streams/acknowledgements.ts';
import { type CommandOptions, UsageError } from '../command-line/command.ts';

export const hakapcapOptions = {
  version: { type: 'boolean', help: 'The version' },
  debug: { type: 'boolean', short: 'd', help: 'Log what happens to each packet' },
  check: {
    type: 'boolean',
    help: 'Say whether the rules load, which hooks they have, and which names they use that do not exist',
  },
  'pass-through': { type: 'boolean', help: 'Rules may read packets and drop them, not change them' },
  acks: {
    type: 'string',
    value: 'WHICH',
    help: 'Whose text acknowledgements speak of: captured, edited (a capture beside an in-line editor) or auto (auto)',
  },
  innermost: { type: 'boolean', help: 'Of a tunnel take the innermost packet, also where it is not of TCP' },
  modules: {
    type: 'string',
    multiple: true,
    value: 'DIR',
    help: "A folder of shared modules for require, beside the rules' own; may be given several times",
  },
  output: { type: 'string', short: 'o', value: 'OUT', help: 'Write the packets that pass to a pcap file' },
  instructions: {
    type: 'string',
    value: 'N',
    help: 'Most instructions of Lua in one call of a rule (100000000)',
  },
  seconds: { type: 'string', value: 'N', help: 'Most seconds that one call of a rule may take (60)' },
  memory: { type: 'string', value: 'N', help: 'Most memory of the rules, in megabytes (256)' },
} as const satisfies CommandOptions;

export type HakapcapOptions = {
  readonly isVersionAsked: boolean;
  readonly isDebug: boolean;
  /** The rules are only loaded and looked at; there is no capture. */
  readonly isCheck: boolean;
  readonly isPassThrough: boolean;
  readonly isInnermost: boolean;
  /** Undefined: what the capture shows. */
  readonly acknowledgements: Reading | undefined;
  readonly modules: readonly string[];
  readonly output: string | undefined;
  readonly capture: string;
  readonly rules: string;
  readonly limits: RuleLimits;
};

const megabyte = 1024 * 1024;
/** WebAssembly of 32 bits has 4 GB in all. */
const mostMegabytes = 2048;

function whole(text: string | undefined, name: string, most: number, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most) {
    throw new UsageError(`--${name} needs a whole number from 1 to ${most}`);
  }
  return value;
}

function readingOf(word: string): Reading | undefined {
  if (word === 'captured' || word === 'edited') return word;
  if (word === 'auto') return undefined;
  throw new UsageError('--acks needs captured, edited or auto');
}

/** Options may stand behind the operands, as in the original. @throws UsageError */
export function readHakapcapOptions(words: readonly string[]): HakapcapOptions {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: hakapcapOptions,
  });
  const isCheck = values.check === true;
  const [capture = '', rules = '', more] = isCheck ? ['', ...positionals] : positionals;
  const isVersionAsked = values.version === true;
  if (!isVersionAsked && (rules === '' || more !== undefined)) {
    throw new UsageError(
      isCheck
        ? 'hakapcap --check needs a file of rules alone'
        : 'hakapcap needs a capture and a file of rules, in this order',
    );
  }
  if (values.output === '-') throw new UsageError('-o takes a file: the log goes to standard output');
  const { call, memory } = defaultLimits;
  return {
    isVersionAsked,
    isDebug: values.debug === true,
    isCheck,
    isPassThrough: values['pass-through'] === true,
    isInnermost: values.innermost === true,
    acknowledgements: readingOf(values.acks ?? 'auto'),
    modules: values.modules ?? [],
    output: values.output,
    capture,
    rules,
    limits: {
      call: {
        instructions: whole(values.instructions, 'instructions', 1e15, call.instructions),
        milliseconds: 1000 * whole(values.seconds, 'seconds', 86_400, call.milliseconds / 1000),
      },
      memory: megabyte * whole(values.memory, 'memory', mostMegabytes, memory / megabyte),
    },
  };
}
