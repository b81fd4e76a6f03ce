import { parseArgs } from 'node:util';
import { mostText } from '../cli/session/limits.ts';
import { reasonOf } from '../text/reason.ts';
import { type Command, UsageError } from './command-line/command.ts';
import type { Input } from './io/caller.ts';
import { printTo } from './io/output.ts';
import { readFileToEnd } from './io/read-to-end.ts';
import { attach } from './session/attach.ts';

export default {
  parameters: 'FILE...|- [--check] [--keep-going] [--skip-unknown]',
  help: 'Apply configuration files as one transaction',
  async run({ words, caller, ...entry }) {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        check: { type: 'boolean', default: false },
        'keep-going': { type: 'boolean', default: false },
        'skip-unknown': { type: 'boolean', default: false },
      },
    });
    if (positionals.length === 0)
      throw new UsageError('import takes at least one file, or - for standard input');
    const sources = positionals.map((name) => ({
      name: name === '-' ? '(standard input)' : name,
      bytes: readSource(name, caller.input),
    }));
    const { session, close } = await attach(entry, `import ${positionals.join(' ')}`);
    try {
      const options = {
        check: values.check,
        keepGoing: values['keep-going'],
        skipUnknown: values['skip-unknown'],
        operations: false,
      };
      return (await session.batch(sources, options, printTo(caller))).status;
    } finally {
      await close();
    }
  },
} satisfies Command;

function readSource(name: string, input: Input): Uint8Array {
  try {
    return name === '-' ? input.whole(mostText) : readFileToEnd(name, mostText);
  } catch (error) {
    throw new UsageError(`can't read '${name}': ${reasonOf(error)}`);
  }
}
