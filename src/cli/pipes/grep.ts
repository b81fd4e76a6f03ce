import type { Word } from '../../../grammar/word.ts';
import type { Fault } from '../faults/problem.ts';
import { enclosing } from '../printing/enclosing.ts';
import { type Pipe, patternParameter } from '../printing/pipe.ts';
import { printedLines } from '../printing/printed.ts';

type Options = {
  readonly flags: ReadonlySet<string>;
  readonly after: number;
  readonly before: number;
  readonly pattern: Word;
};

export default {
  name: 'grep',
  parameters: '[-f] [-i] [-v] [-n] [-c] [-A <lines>] [-B <lines>] <pattern>',
  help: 'Print the lines that match; -f with the config, edit, next and end around them',
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
        const lines = [...input.lines];
        if (flags.has('c')) {
          const count = lines.filter(hits).length;
          return { ...input, lines: [String(count)], data: () => count };
        }
        return {
          ...input,
          ...printedLines(flags.has('f') ? enclosing(lines, hits) : matching(lines, hits, options)),
        };
      },
    };
  },
} satisfies Pipe;

/** The lines that match, and those around them. */
function matching(lines: readonly string[], hits: (line: string) => boolean, options: Options): string[] {
  const { flags, after, before } = options;
  const matched = lines.flatMap((line, index) => (hits(line) ? [index] : []));
  const printed: string[] = [];
  let from = 0;
  for (const [at, index] of matched.entries()) {
    const next = matched[at + 1] ?? lines.length;
    const to = Math.min(index + after + 1, next, lines.length);
    for (let near = Math.max(from, index - before); near < to; near++) {
      const mark = near === index ? ':' : '-';
      printed.push(flags.has('n') ? `${near + 1}${mark}${lines[near]}` : (lines[near] ?? ''));
    }
    from = to;
  }
  return printed;
}

function readOptions(parameters: readonly Word[], name: Word): Options | { readonly fault: Fault } {
  const flags = new Set<string>();
  const context = { A: 0, B: 0 };
  const queue = [...parameters];
  let pattern: Word | undefined;
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const { text, span, quoted } = word;
    const side = /^-([AB])(\d*)$/.exec(text);
    if (pattern !== undefined) {
      return { fault: { error: 'unknown-word', word: text, span, expected: 'the end of the line or "|"' } };
    }
    if (quoted || !text.startsWith('-') || text === '-') {
      pattern = word;
    } else if (side?.[1] === 'A' || side?.[1] === 'B') {
      const number = side[2] || (queue.shift()?.text ?? '');
      if (!/^\d{1,9}$/.test(number)) {
        return {
          fault: { error: 'invalid-value', word: text, span, expected: `${text} with a number of lines` },
        };
      }
      context[side[1]] = Number(number);
    } else if (/^-[fivnc]+$/.test(text)) {
      for (const flag of text.slice(1)) flags.add(flag);
    } else {
      return {
        fault: { error: 'unknown-word', word: text, span, expected: 'one of -f, -i, -v, -n, -c, -A, -B' },
      };
    }
  }
  if (pattern === undefined) {
    return { fault: { error: 'incomplete', word: '', span: name.span, expected: 'a pattern' } };
  }
  return { flags, pattern, after: context.A, before: context.B };
}
