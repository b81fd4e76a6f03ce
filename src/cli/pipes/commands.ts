import { NotForPipe, noParameters, type Pipe } from '../printing/pipe.ts';

export default {
  name: 'commands',
  parameters: '',
  help: 'Print a change as commands that make it',
  prepare(parameters, { text, span }) {
    const fault = noParameters(parameters);
    if (fault !== undefined) return { fault };
    return {
      filter: (input) => {
        if (input.commands !== undefined) return { ...input, lines: input.commands() };
        const expected = 'it after what shows a change: "execute revision show", "diff", "show | compare"';
        throw new NotForPipe({ error: 'unknown-word', word: text, span, expected });
      },
    };
  },
} satisfies Pipe;
