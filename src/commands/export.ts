import { parseArgs } from 'node:util';
import { hiddenTables } from '../cli/session/whole-configuration.ts';
import type { Command, CommandOptions } from './command-line/command.ts';
import { printTo } from './io/output.ts';
import { attach } from './session/attach.ts';

const options = {
  full: { type: 'boolean', default: false, help: 'Every field, defaults included' },
  partial: {
    type: 'boolean',
    default: false,
    help: 'What the administrator may see, where that is not everything',
  },
} as const satisfies CommandOptions;

export default {
  parameters: '[--full] [--partial]',
  help: 'Print the configuration as commands, in dependency order',
  options,
  examples: ['levee export > backup.conf'],
  async run({ words, ...entry }) {
    const { caller } = entry;
    const { values } = parseArgs({
      args: [...words],
      options,
    });
    const { session, close } = await attach({ ...entry, open: entry.openToRead }, 'export');
    try {
      const hidden = await hiddenTables(session);
      if (hidden.length > 0 && !values.partial) {
        caller.report(
          `levee export: your access profile hides ${hidden.join(', ')}; --partial prints the rest`,
        );
        return 1;
      }
      const text = values.full ? 'show full-configuration' : 'show';
      return (await session.execute(text, printTo(caller))).status;
    } finally {
      await close();
    }
  },
} satisfies Command;
