import { parseArgs } from 'node:util';
import { type BatchOptions, type BatchSource, type Emit, strictBatch } from '../cli/session/session.ts';
import { foreignBytes } from '../files/foreign-bytes.ts';
import { type Command, type CommandOptions, type Entry, UsageError } from './command-line/command.ts';
import { type Encoding, encodings, inUtf8, isEncoding, isMisnamed } from './import/encoding.ts';
import { commandsOf } from './import/transcript.ts';
import { readSource, sourceName } from './io/named-source.ts';
import { printTo } from './io/output.ts';
import { attach } from './session/attach.ts';
import { onTrial } from './session/on-trial.ts';

const options = {
  check: {
    type: 'boolean',
    default: false,
    help: 'Apply nothing; print the commands that would change something',
  },
  diff: { type: 'boolean', default: false, help: 'Apply nothing; print the lines that would go and come' },
  json: { type: 'boolean', default: false, help: 'With --check or --diff: the changes as JSON' },
  'keep-going': {
    type: 'boolean',
    default: false,
    help: 'Apply the entries without a mistake, and report the others',
  },
  'skip-unknown': {
    type: 'boolean',
    default: false,
    help: 'Leave out tables and fields that Levee has not, and list them',
  },
  vdom: { type: 'string', value: 'NAME', help: 'Of several VDOMs, the one that is taken' },
  transcript: {
    type: 'boolean',
    default: false,
    help: 'The file is a capture of a terminal: strip prompts and --More--',
  },
  encoding: { type: 'string', value: 'NAME', default: 'utf-8', help: 'utf-8, latin1 or utf16 (utf-8)' },
} as const satisfies CommandOptions;

export default {
  parameters:
    'FILE...|- [--check | --diff] [--json] [--keep-going] [--skip-unknown] [--vdom NAME] [--transcript] [--encoding utf-8|latin1|utf16]',
  help: 'Apply configuration files as one transaction',
  options,
  examples: [
    'levee import rules.conf',
    'levee import --check --diff fortiweb.conf --skip-unknown',
    'ssh other levee export | levee import -',
  ],
  async run({ words, ...entry }) {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options,
    });
    if (positionals.length === 0)
      throw new UsageError('import takes at least one file, or - for standard input');
    const { encoding, transcript } = values;
    const isCheck = values.check || values.diff;
    if (values.json && !isCheck) throw new UsageError('--json goes with --check or --diff');
    if (!isEncoding(encoding)) throw new UsageError(`--encoding takes one of ${encodings.join(', ')}`);
    const how: BatchOptions = {
      check: isCheck,
      thenDone: false,
      changes: isCheck ? (values.json ? 'data' : values.diff ? 'lines' : 'commands') : 'not',
      keepGoing: values['keep-going'],
      skipUnknown: values['skip-unknown'],
      replace: false,
      comment: '',
      vdom: values.vdom ?? null,
      isImport: true,
      operations: false,
      named: positionals.some((name) => !isOpenAlready(name)),
      here: false,
    };
    const run = (open: Entry['open']): Promise<number> =>
      importFiles({ ...entry, open }, positionals, { encoding, transcript }, how);
    return isCheck ? onTrial(entry, run) : run(entry.open);
  },
} satisfies Command;

/** How the text of a file is written. */
type Writing = { readonly encoding: Encoding; readonly transcript: boolean };

async function importFiles(
  entry: Entry,
  names: readonly string[],
  { encoding, transcript }: Writing,
  how: BatchOptions,
): Promise<number> {
  const { caller } = entry;
  // Another Levee may be about to write what is open already, and need the state directory for that.
  const early = new Map(names.filter(isOpenAlready).map((name) => [name, readSource(name, caller.input)]));
  const { session, close } = await attach(entry, `import ${names.join(' ')}`);
  const emit = printTo(caller);
  try {
    // The permission is asked before a file is opened: whether there is one is not for everybody to know.
    const asked = await session.batch([], { ...strictBatch, named: how.named }, emit);
    if (asked.status !== 0) return asked.status;
    const read = names.map((name) => ({
      name: sourceName(name),
      bytes: early.get(name) ?? readSource(name, caller.input),
    }));
    const misnamed = read.find(({ bytes }) => isMisnamed(bytes, encoding));
    if (misnamed !== undefined) {
      caller.report(`levee: '${misnamed.name}' is not in UTF-16: import it without --encoding`);
      return 1;
    }
    const texts = read.map(({ name, bytes }) => ({ name, bytes: inUtf8(bytes, encoding) }));
    const sources = transcript ? texts.map((text) => strippedFor(text, emit)) : texts;
    return (await session.batch(sources, how, emit)).status;
  } finally {
    await close();
  }
}

/** The commands of a transcript. What else it had is told, so that nothing is lost unseen. */
function strippedFor({ name, bytes }: BatchSource, emit: Emit): BatchSource {
  // Bytes that are no text have no lines: what they are is for the batch to say.
  if (foreignBytes(bytes) !== undefined) return { name, bytes };
  const commands = commandsOf(bytes);
  const lines = commands.stripped.map((line) => `  ${line}\n`);
  if (lines.length > 0) emit({ kind: 'notice', text: `${name}: stripped as no commands\n${lines.join('')}` });
  return { name, bytes: commands.bytes };
}

/** Whoever has started this process has opened it. */
function isOpenAlready(name: string): boolean {
  return name === '-' || /^\/(?:dev\/stdin|(?:dev|proc\/self)\/fd\/\d+)$/.test(name);
}
