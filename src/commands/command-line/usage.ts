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
    `Usage: levee ${name} ${parameters}`.trimEnd(),
    '',
    `${help}.`,
    ...(about === undefined ? [] : ['', ...about]),
    '',
    ...rows.map(([option, meaning]) => `  ${option.padEnd(width)}${meaning}`),
    '',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
  ].join('\n');
}
