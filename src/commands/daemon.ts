import { parseArgs } from 'node:util';
import { type Command, type CommandOptions, UsageError } from './command-line/command.ts';

const options = {
  'take-over': {
    type: 'boolean',
    default: false,
    help: 'Have a new process take over from the daemon that runs; no connection is refused or broken',
  },
} as const satisfies CommandOptions;

export default {
  parameters: '[--take-over]',
  help: 'Run the enforcer in the foreground',
  options,
  examples: ['levee daemon --state /var/lib/levee', 'levee daemon --take-over'],
  async run({ words, ...entry }) {
    const { values, positionals } = parseArgs({ args: [...words], allowPositionals: true, options });
    const [word] = positionals;
    if (word !== undefined) throw new UsageError(`daemon takes no ${word}`);
    // Here, as in the other commands: the help of all loads each file.
    if (values['take-over'] && entry.caller.environment['LEVEE_SUCCESSOR'] === undefined) {
      const { askToTakeOver } = await import('./daemon/ask-to-take-over.ts');
      return askToTakeOver(entry);
    }
    const { runDaemon } = await import('./daemon/run-daemon.ts');
    return runDaemon(entry, values['take-over']);
  },
} satisfies Command;
