import { type Lines, printedLines } from '../printing/lines/printed.ts';
import { countParameter, type Pipe } from '../printing/pipe.ts';

export default {
  name: 'head',
  parameters: '[<lines>]',
  help: 'Print the first lines (default 10)',
  prepare(parameters) {
    const count = countParameter(parameters, 10);
    if (typeof count !== 'number') return { fault: count };
    return { filter: (input) => ({ ...input, ...printedLines(first(input.lines, count)) }) };
  },
} satisfies Pipe;

function* first(lines: Lines, count: number): Generator<string | undefined, void> {
  let taken = 0;
  if (count === 0) return;
  for (const line of lines) {
    yield line;
    if (line !== undefined) taken += 1;
    if (taken === count) return;
  }
}
