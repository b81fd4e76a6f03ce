import type { Problem } from '../cli/faults/problem.ts';
import { personText } from '../cli/printing/person-text.ts';
import type { ReplyPart } from '../cli/session/session.ts';
import { type Command, UsageError } from './command-line/command.ts';
import { ownOrConnect } from './session/attach.ts';
import { atTerminal, enterAt } from './session/prompt.ts';
import { runCommands } from './session/without-command.ts';

const command = 'diagnose system top';

export default {
  parameters: '',
  help: 'Show policies, sources, blocks and members as they change; keys sort, filter, block and lift',
  about: [
    'Tab and 1 to 4 choose the table, arrows the row. s sorts by the next column, r reverses, / filters, space pauses, b blocks the source of the row for ten minutes, l lifts its block, and both ask first; ? shows the keys, q leaves.',
    'At a prompt it is "diagnose system top". Without a terminal it prints once what there is.',
  ],
  examples: ['levee top'],
  async run({ words: [extra], ...entry }) {
    if (extra !== undefined) throw new UsageError(`top takes no ${extra}`);
    const { caller, openToRead, credentials } = entry;
    if (!caller.input.isTerminal() || !caller.outputIsTerminal())
      return runCommands(entry, [command], untyped);
    const levee = await ownOrConnect(openToRead(), 'levee top', caller);
    let status = 1;
    try {
      await atTerminal(caller, async (console) => {
        const { session } = await enterAt(console, levee, credentials());
        status = await console.perform(session, command, {
          print: (part, width) => personText(untyped(part), width),
        });
        session.close();
      });
    } finally {
      await levee.close();
    }
    return status;
  },
} satisfies Command;

/** Nobody has typed the command: what is wrong stands in no text of theirs. */
function untyped(part: ReplyPart): ReplyPart {
  if (part.kind !== 'problem') return part;
  const problem: Problem = { ...part.problem, source: null, line: null, column: null };
  return { kind: 'problem', problem };
}
