import { countParameter, type Pipe } from '../printing/pipe.ts';
import { printedLines } from '../printing/printed.ts';

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

function first(lines: Iterable<string>, count: number): string[] {
  const taken: string[] = [];
  if (count === 0) return taken;
  for (const line of lines) {
    taken.push(line);
    if (taken.length === count) break;
  }
  return taken;
}
