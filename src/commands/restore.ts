import { parseArgs } from 'node:util';
import { type BatchOptions, strictBatch } from '../cli/session/session.ts';
import { mostText } from '../cli/session/settings/limits.ts';
import { type Command, type CommandOptions, type Entry, UsageError } from './command-line/command.ts';
import { readSource, sourceName } from './io/named-source.ts';
import { printTo } from './io/output.ts';
import { attach } from './session/attach.ts';
import { onTrial } from './session/on-trial.ts';

const options = {
  merge: { type: 'boolean', default: false, help: 'Keep what the file does not name' },
  check: { type: 'boolean', default: false, help: 'Only show what would change' },
  yes: { type: 'boolean', default: false, help: 'Restore it' },
  json: { type: 'boolean', default: false, help: 'The changes as JSON' },
} as const satisfies CommandOptions;

export default {
  parameters: 'FILE|- [--merge] [--check | --yes] [--json]',
  help: 'Show what a backup would change, and make it the configuration with --yes',
  options,
  examples: ['levee restore backup.conf', 'levee restore backup.conf --yes'],
  async run({ words, ...entry }) {
    const { caller } = entry;
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options,
    });
    const [name, extra] = positionals;
    if (name === undefined || extra !== undefined) throw new UsageError('restore takes one file, or -');
    if (values.check && values.yes) throw new UsageError('--check and --yes do not go together');
    const given = name === '-' ? caller.input.whole(mostText) : undefined;
    const named = given === undefined;
    const how: BatchOptions = { ...strictBatch, isImport: true, named, replace: !values.merge };
    const restore = async (open: Entry['open']): Promise<number> => {
      const { session, close } = await attach({ ...entry, open }, `restore ${name}`);
      const emit = printTo(caller);
      try {
        // The permission is asked before a file is opened: whether there is one is not for everybody to know.
        const asked = await session.batch([], { ...strictBatch, named }, emit);
        if (asked.status !== 0) return asked.status;
        const source = { name: sourceName(name), bytes: given ?? readSource(name, caller.input) };
        const changes = values.json ? 'data' : 'lines';
        const { status, idle } = await session.batch(
          [source],
          { ...how, check: true, thenDone: values.yes && !values.check, changes },
          emit,
        );
        if (status !== 0 || values.check || idle) return status;
        if (!values.yes) {
          caller.report('levee: nothing was restored: --yes restores it, --check only shows this');
          return 1;
        }
        return (await session.batch([source], { ...how, comment: `restore of ${source.name}` }, emit)).status;
      } finally {
        await close();
      }
    };
    return values.yes ? restore(entry.open) : onTrial(entry, restore);
  },
} satisfies Command;
