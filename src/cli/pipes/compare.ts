import { NotForPipe, noParameters, type Pipe } from '../printing/pipe.ts';

export default {
  name: 'compare',
  parameters: '[<revision>]',
  help: 'Show what is not committed yet, or what differs from a revision, after show',
  prepare([revision, extra], name) {
    const fault = extra && noParameters([extra]);
    if (fault !== undefined) return { fault };
    if (revision !== undefined && !/^\d{1,9}$/.test(revision.text)) {
      const { text, span } = revision;
      return { fault: { error: 'invalid-value', word: text, span, expected: 'the number of a revision' } };
    }
    return {
      filter: (input) => {
        if (input.compare === undefined) {
          const expected = 'it after "show": only a configuration can be compared';
          throw new NotForPipe({ error: 'unknown-word', word: name.text, span: name.span, expected });
        }
        return { ...input, ...input.compare(revision === undefined ? null : Number(revision.text)) };
      },
    };
  },
} satisfies Pipe;
