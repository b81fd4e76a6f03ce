import { personText } from '../cli/printing/person-text.ts';
import { type Command, UsageError } from './command-line/command.ts';
import { ownOrConnect } from './session/attach.ts';
import { atTerminal, enterAt } from './session/prompt.ts';
import { runWithoutCommand } from './session/without-command.ts';

const command = 'diagnose system top';

export default {
  parameters: '',
  help: 'Show policies, sources, blocks and members as they change; keys sort, filter, block and lift',
  about: [
    'Tab and 1 to 4 choose the table, arrows the row. s sorts by the next column, r reverses, / filters, space pauses,',
    'b blocks the source of the row for ten minutes, l lifts its block, q leaves. At a prompt it is',
    '"diagnose system top". Without a terminal it prints once what there is.',
  ],
  examples: ['levee top'],
  async run({ words: [extra], ...entry }) {
    if (extra !== undefined) throw new UsageError(`top takes no ${extra}`);
    const { caller, openToRead, credentials } = entry;
    if (!caller.input.isTerminal() || !caller.outputIsTerminal()) return runWithoutCommand(entry, [command]);
    const levee = await ownOrConnect(openToRead(), 'levee top', caller);
    let status = 1;
    try {
      await atTerminal(caller, async (console) => {
        const { session } = await enterAt(console, levee, credentials());
        status = await console.perform(session, command, { print: personText });
        session.close();
      });
    } finally {
      await levee.close();
    }
    return status;
  },
} satisfies Command;
