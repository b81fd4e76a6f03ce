type Block = { readonly opening: string; printed: boolean };

/**
 * The lines of a configuration that match, each with the `config` and `edit` lines that lead to it and the `next` and
 * `end` lines that close them, so that the result can be entered again. Hits are marked as FortiOS marks them.
 */
export function enclosing(lines: readonly string[], hits: (line: string) => boolean): string[] {
  const open: Block[] = [];
  const printed: string[] = [];
  const lead = (): void => {
    for (const block of open) {
      if (!block.printed) printed.push(block.opening);
      block.printed = true;
    }
  };
  for (const line of lines) {
    const verb = /^\s*(config|edit|next|end)\b/.exec(line)?.[1];
    const hit = hits(line);
    if (verb === 'next' || verb === 'end') {
      if (hit) lead();
      if (open.pop()?.printed) printed.push(line);
    } else if (verb !== undefined) {
      if (hit) lead();
      open.push({ opening: line, printed: hit });
      if (hit) printed.push(`${line} <---`);
    } else if (hit) {
      lead();
      printed.push(`${line} <---`);
    }
  }
  return printed;
}
