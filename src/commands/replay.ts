import { parseArgs } from 'node:util';
import { jsonLines } from '../cli/printing/lines/json-lines.ts';
import { allOf } from '../cli/printing/lines/printed.ts';
import type { Emit, ReplyPart } from '../cli/session/session.ts';
import type { ReplayOrder } from '../system/replay-order.ts';
import { quote } from '../text/quote.ts';
import { reasonOf } from '../text/reason.ts';
import { type Command, type CommandOptions, type Entry, UsageError } from './command-line/command.ts';
import type { Caller } from './io/caller.ts';
import { printTo } from './io/output.ts';
import { attach } from './session/attach.ts';
import { onTrial } from './session/on-trial.ts';

const options = {
  candidate: {
    type: 'string',
    value: 'FILE',
    help: 'A configuration to compare with the one that is stored',
  },
  policy: { type: 'string', value: 'NAME', help: 'Only connections to this policy' },
  port: { type: 'string', value: 'PORT', help: 'With --policy: the port at which its service was recorded' },
  advise: { type: 'boolean', default: false, help: 'Say which threshold the recorded traffic would bear' },
  innermost: {
    type: 'boolean',
    default: false,
    help: 'Of a tunnel take the innermost packet, whatever it carries',
  },
  plot: { type: 'string', value: 'FILE.svg', help: 'Draw the most connections that each source held' },
  json: { type: 'boolean', default: false, help: 'The report as JSON' },
} as const satisfies CommandOptions;

export default {
  parameters:
    'CAPTURE|- [--candidate FILE] [--policy NAME [--port PORT]] [--advise] [--innermost] [--plot FILE.svg] [--json]',
  help: 'Judge the connections of a capture by the configuration, or tell what a candidate would change',
  options,
  examples: ['levee replay monday.pcap', 'levee replay monday.pcap --candidate rules.conf --plot monday.svg'],
  async run({ words, ...entry }) {
    const { caller } = entry;
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options,
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
      ...(values.innermost ? ['innermost'] : []),
      ...option('plot', values.plot),
    ].join(' ');
    const replay = async (open: Entry['open']): Promise<number> => {
      const order = await ordered({ ...entry, open }, command, printTo(caller));
      return order === undefined ? 1 : carryOut(order, caller, values.json);
    };
    // A candidate can be judged alone, also where nothing is configured yet.
    return values.candidate === undefined ? replay(entry.openToRead) : onTrial(entry, replay);
  },
} satisfies Command;

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, quote(value)];
}

/**
 * The order to replay that a session gives; undefined where it has said why not. The session ends before the replay
 * begins: a live capture may last for hours, and others want the state directory.
 */
async function ordered(entry: Entry, command: string, emit: Emit): Promise<ReplayOrder | undefined> {
  let wanted: ReplayOrder | undefined;
  const { session, close } = await attach(entry, 'replay', async (order) => {
    wanted = order;
    return { reason: 'it is replayed elsewhere' };
  });
  try {
    await session.execute(command, (part) => {
      if (wanted === undefined) emit(withoutCommand(part));
    });
  } finally {
    await close();
  }
  return wanted;
}

async function carryOut(order: ReplayOrder, caller: Caller, isJson: boolean): Promise<number> {
  const { replayCapture } = await import('./replay/replay-capture.ts');
  // Ctrl-C at `tcpdump -w - | levee replay -` stops the recording: what was recorded is still judged.
  if (order.capture === '-')
    caller.onInterrupt(() => caller.report('levee: reading to the end of the capture'));
  try {
    const { lines, data } = await replayCapture(order, caller.input, new AbortController().signal);
    const shown = isJson ? jsonLines(data) : lines;
    caller.output(
      allOf(shown)
        .map((line) => `${line}\n`)
        .join(''),
    );
    return 0;
  } catch (error) {
    caller.report(`levee: can't replay '${order.capture}': ${reasonOf(error)}`);
    return 1;
  }
}

/** Hides the command that the options were made into: nobody has typed it. */
function withoutCommand(part: ReplyPart): ReplyPart {
  if (part.kind !== 'problem' || part.problem.source !== null) return part;
  return { kind: 'problem', problem: { ...part.problem, line: null, column: null, text: '' } };
}
