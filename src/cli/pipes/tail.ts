import { LastLines } from '../printing/lines/last-lines.ts';
import { type Lines, printedLines } from '../printing/lines/printed.ts';
import { countParameter, type Pipe } from '../printing/pipe.ts';

export default {
  name: 'tail',
  parameters: '[<lines>]',
  help: 'Print the last lines (default 10)',
  prepare(parameters) {
    const count = countParameter(parameters, 10);
    if (typeof count !== 'number') return { fault: count };
    return { filter: (input) => ({ ...input, ...printedLines(last(input.lines, count)) }) };
  },
} satisfies Pipe;

function* last(lines: Lines, count: number): Generator<string | undefined, void> {
  const kept = new LastLines(count);
  for (const line of lines) {
    if (line === undefined) yield undefined;
    else kept.add(line);
  }
  yield* kept.take();
}
