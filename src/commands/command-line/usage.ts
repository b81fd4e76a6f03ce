import { hanging } from '../../text/display-width.ts';
import type { Command, CommandOption } from './command.ts';

/** What every command takes, too. */
const common: Readonly<Record<string, CommandOption>> = {
  state: {
    type: 'string',
    value: 'DIR',
    help: 'The state directory: configuration, logs, the socket of a daemon',
  },
  user: { type: 'string', value: 'NAME', help: 'The administrator who does it' },
  'password-file': { type: 'string', value: 'FILE', help: 'Its first line is the password of --user' },
  help: { type: 'boolean', short: 'h', help: 'This text' },
};

/** Cells of a row that the narrowest usual terminal has. */
const rowWidth = 80;
const inBrackets = /\[(?:[^[\]]|\[[^\]]*\])*\]/g;
const noBreak = '\u00a0';

/** A text behind what begins its row, in rows that fit: brackets stay whole. */
export function inRows(beginning: string, text: string): string {
  const unbroken = text.replaceAll(inBrackets, (part) => part.replaceAll(' ', noBreak));
  return hanging(beginning, unbroken, rowWidth).join('\n').replaceAll(noBreak, ' ').trimEnd();
}

/** What `--help` behind the name of a command prints. */
export function commandUsage(
  name: string,
  { parameters, help, about, options = {}, examples }: Command,
): string {
  const rows = Object.entries({ ...options, ...common }).map(
    ([option, { short, value, help: meaning }]) =>
      [
        `${short === undefined ? '' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`,
        meaning,
      ] as const,
  );
  const width = Math.max(...rows.map(([option]) => option.length)) + 2;
  return [
    inRows(`Usage: levee ${name} `, parameters),
    '',
    inRows('', `${help}.`),
    ...(about === undefined ? [] : ['', ...about.map((text) => inRows('', text))]),
    '',
    ...rows.map(([option, meaning]) => inRows(`  ${option.padEnd(width)}`, meaning)),
    '',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
  ].join('\n');
}
