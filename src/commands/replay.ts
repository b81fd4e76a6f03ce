import { parseArgs } from 'node:util';
import { quote } from '../../grammar/quote.ts';
import type { Emit } from '../cli/session.ts';
import { attach } from './line/attach.ts';
import { type Command, UsageError } from './line/command.ts';
import { emit } from './line/output.ts';

export default {
  parameters:
    'CAPTURE|- [--candidate FILE] [--policy NAME [--port PORT]] [--advise] [--plot FILE.svg] [--json]',
  help: 'Judge the connections of a capture by the configuration, or tell what a candidate would change',
  async run({ words, ...entry }) {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        candidate: { type: 'string' },
        policy: { type: 'string' },
        port: { type: 'string' },
        advise: { type: 'boolean', default: false },
        plot: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const [capture, extra] = positionals;
    if (capture === undefined || extra !== undefined)
      throw new UsageError('replay takes one capture, or - for standard input');
    if (values.port !== undefined && values.policy === undefined)
      throw new UsageError('--port goes with --policy');
    const command = [
      'execute replay',
      quote(capture),
      ...option('candidate', values.candidate),
      ...option('policy', values.policy),
      ...option('port', values.port),
      ...(values.advise ? ['advise'] : []),
      ...option('plot', values.plot),
      ...(values.json ? ['| json'] : []),
    ].join(' ');
    const { session, close } = await attach(entry, 'replay', process.stdin);
    try {
      return (await session.execute(command, withoutCommand)).status;
    } finally {
      await close();
    }
  },
} satisfies Command;

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, quote(value)];
}

/** Whoever typed options does not want to see the command that they were made into. */
const withoutCommand: Emit = (part) => {
  if (part.kind !== 'problem' || part.problem.source !== null) emit(part);
  else emit({ kind: 'problem', problem: { ...part.problem, line: null, column: null, text: '' } });
};
