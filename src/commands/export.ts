import { parseArgs } from 'node:util';
import type { StateDirectory } from '../daemon/state-directory.ts';
import type { Command } from './command-line/command.ts';
import { printTo } from './io/output.ts';
import { attach } from './session/attach.ts';
import { storedState } from './session/stored-state.ts';

export default {
  parameters: '[--full]',
  help: 'Print the configuration as commands, in dependency order',
  async run({ words, ...entry }) {
    const { caller } = entry;
    const { values } = parseArgs({
      args: [...words],
      options: { full: { type: 'boolean', default: false } },
    });
    const open = (): StateDirectory => storedState(entry.open());
    const { session, close } = await attach({ ...entry, open }, 'export');
    try {
      const text = values.full ? 'show full-configuration' : 'show';
      return (await session.execute(text, printTo(caller))).status;
    } finally {
      await close();
    }
  },
} satisfies Command;
