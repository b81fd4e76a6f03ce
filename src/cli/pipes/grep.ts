import type { Word } from '../../../grammar/word.ts';
import type { Fault } from '../faults/problem.ts';
import { counted } from '../printing/lines/counted.ts';
import { enclosing } from '../printing/lines/enclosing.ts';
import { LastLines } from '../printing/lines/last-lines.ts';
import { type Lines, printedLines } from '../printing/lines/printed.ts';
import { type Pipe, patternParameter } from '../printing/pipe.ts';

type Options = {
  readonly flags: ReadonlySet<string>;
  readonly after: number;
  readonly before: number;
  readonly pattern: Word;
};

export default {
  name: 'grep',
  parameters: '[-f] [-i] [-v] [-n] [-c] [-A <lines>] [-B <lines>] [-C <lines>] <pattern>',
  help: 'Print the lines that match; -f the whole rows around them',
  prepare(parameters, name) {
    const options = readOptions(parameters, name);
    if ('fault' in options) return options;
    const { flags, pattern } = options;
    const expression = patternParameter(pattern, flags.has('i'));
    if ('error' in expression) return { fault: expression };
    return {
      filter: (input) => {
        const matches = expression.matcher();
        const hits = (line: string): boolean => matches(line) !== flags.has('v');
        const { lines } = input;
        if (flags.has('c')) return { ...input, ...counted(lines, hits) };
        return {
          ...input,
          ...printedLines(
            flags.has('f') ? enclosing(lines, hits, flags.has('n')) : matching(lines, hits, options),
          ),
        };
      },
    };
  },
} satisfies Pipe;

/** The lines that match, and those around them; `--` where lines are left out between these, as grep(1) has it. */
function* matching(
  lines: Lines,
  hits: (line: string) => boolean,
  { flags, after, before }: Options,
): Generator<string | undefined, void> {
  const marked = (line: string, number: number, mark: string): string =>
    flags.has('n') ? `${number}${mark}${line}` : line;
  const near = new LastLines(before);
  let number = 0;
  let left = 0;
  /** The last line that was printed; 0: none was. */
  let last = 0;
  for (const line of lines) {
    if (line === undefined) {
      yield undefined;
      continue;
    }
    number += 1;
    if (hits(line)) {
      const lead = near.take();
      if (after + before > 0 && last > 0 && number - lead.length > last + 1) yield '--';
      for (const [index, other] of lead.entries()) yield marked(other, number - lead.length + index, '-');
      yield marked(line, number, ':');
      last = number;
      left = after;
    } else if (left > 0) {
      left -= 1;
      last = number;
      yield marked(line, number, '-');
    } else {
      near.add(line);
    }
  }
}

function readOptions(parameters: readonly Word[], name: Word): Options | { readonly fault: Fault } {
  const flags = new Set<string>();
  const context = { A: 0, B: 0 };
  const queue = [...parameters];
  let pattern: Word | undefined;
  let sided: Word | undefined;
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const { text, span, quoted } = word;
    const side = /^-([ABC])(\d*)$/.exec(text);
    if (pattern !== undefined) {
      return { fault: { error: 'unknown-word', word: text, span, expected: 'the end of the line or "|"' } };
    }
    if (quoted || !text.startsWith('-') || text === '-') {
      pattern = word;
    } else if (side !== null) {
      const number = side[2] || (queue.shift()?.text ?? '');
      if (!/^\d{1,9}$/.test(number)) {
        return {
          fault: { error: 'invalid-value', word: text, span, expected: `${text} with a number of lines` },
        };
      }
      if (side[1] !== 'B') context.A = Number(number);
      if (side[1] !== 'A') context.B = Number(number);
      sided = word;
    } else if (/^-[fivnc]+$/.test(text)) {
      for (const flag of text.slice(1)) flags.add(flag);
    } else {
      return {
        fault: { error: 'unknown-word', word: text, span, expected: 'one of -f, -i, -v, -n, -c, -A, -B, -C' },
      };
    }
  }
  if (pattern === undefined) {
    return { fault: { error: 'incomplete', word: '', span: name.span, expected: 'a pattern' } };
  }
  if (sided !== undefined && flags.has('f')) {
    const expected = 'no lines around a hit beside -f, which prints its row';
    return { fault: { error: 'unknown-word', word: sided.text, span: sided.span, expected } };
  }
  return { flags, pattern, after: context.A, before: context.B };
}
