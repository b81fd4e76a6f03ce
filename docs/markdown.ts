const width = 80;

/** Text as it stands, also where Markdown would see markup in it. */
export function plain(text: string): string {
  return text.replace(/[\\`*<[\]|]|(?<!\w)_|_(?!\w)/g, '\\$&');
}

/** Text as it is typed. */
export function code(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return fence + space + text + space + fence;
}

export function codeBlock(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}\n${text.replace(/\n*$/, '\n')}${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** A help line of a schema as a sentence. */
export function sentence(help: string): string {
  return plain(help.endsWith('.') ? help : `${help}.`);
}

/** What would begin a list, a heading or a quotation, were it the first word of a line. */
const mark = /^(?:[-+#>=]+|\d+[.)])$/;

/** Breaks lines between words, never inside of a link or of code. */
export function wrapped(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const [word] of text.matchAll(/(?:(?<!\\)\[[^\]]*\]|(?<!\\)`[^`]*`|\S)+/g)) {
    if (line === '') line = word;
    else if (indent.length + line.length + 1 + word.length <= width || mark.test(word)) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].join(`\n${indent}`);
}

/** An item of a list at `depth`, its lines broken. */
export function item(text: string, depth = 0): string {
  const indent = '  '.repeat(depth);
  return `${indent}- ${wrapped(text, `${indent}  `)}`;
}

/** A link by its text alone; the page says at its end where it leads. */
export function link(text: string): string {
  return `[${text}]`;
}

/** A page: its parts, then where those of `targets` (address by text) lead that it links to. */
export function page(parts: readonly string[], targets: ReadonlyMap<string, string>): string {
  const body = parts.join('\n\n');
  const used = [...targets].filter(([text]) => body.includes(link(text)));
  const lines = used.map(([text, address]) => `${link(text)}: ${address}`).sort();
  return `${[body, ...(lines.length === 0 ? [] : ['', ...lines])].join('\n')}\n`;
}
