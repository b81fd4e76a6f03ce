import type { Lines } from './printed.ts';

type Block = { readonly opening: string; printed: boolean };

/**
 * The lines of a configuration that match, each with the `config` and `edit` lines that lead to it and the `next` and
 * `end` lines that close them, so that the result can be entered again. Hits are marked as FortiOS marks them.
 */
export function* enclosing(
  lines: Lines,
  hits: (line: string) => boolean,
): Generator<string | undefined, void> {
  const open: Block[] = [];
  function* lead(): Generator<string> {
    for (const block of open) {
      if (!block.printed) yield block.opening;
      block.printed = true;
    }
  }
  for (const line of lines) {
    if (line === undefined) {
      yield undefined;
      continue;
    }
    const verb = /^\s*(config|edit|next|end)\b/.exec(line)?.[1];
    const hit = hits(line);
    if (verb === 'next' || verb === 'end') {
      if (hit) yield* lead();
      if (open.pop()?.printed) yield line;
    } else if (verb !== undefined) {
      if (hit) yield* lead();
      open.push({ opening: line, printed: hit });
      if (hit) yield `${line} <---`;
    } else if (hit) {
      yield* lead();
      yield `${line} <---`;
    }
  }
}
