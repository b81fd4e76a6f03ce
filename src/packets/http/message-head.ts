/** A part of the head of a message: its text, and where that stands in the head. */
export type Part = { readonly text: string; readonly start: number; readonly end: number };

/** A header line. `value` has folded lines in one; `start` and `end` are those of the whole of it, with its line end. */
export type HeaderLine = {
  readonly name: string;
  readonly value: Part;
  readonly start: number;
  readonly end: number;
};

/** The head of a request or a response (RFC 9112, 2), with the places of all parts. Texts have a character for each byte. */
export type MessageHead = {
  /** Method, URI and version; or version, status and reason. */
  readonly first: readonly [Part, Part, Part];
  readonly headers: readonly HeaderLine[];
  /** Where the empty line stands that ends it. */
  readonly headersEnd: number;
  /** Its length with the empty line. */
  readonly length: number;
};

/** Longer heads are no HTTP. */
export const mostHeadBytes = 256 * 1024;

const requestLine = /^([^ \t]+)([ \t]+)([^ \t]+)([ \t]+)(HTTP\/[0-9][^ \t]*)[ \t]*$/;
const statusLine = /^(HTTP\/[0-9][^ \t]*)([ \t]+)([0-9]{3})([ \t]*)(.*)$/;
const headerName = /^[^\s:]+$/;
const blanks = ' \t\r\n';

/** Empty lines in front of a message, which are not of it: RFC 9112, 2.2. */
export function blankLines(text: string): number {
  return /^(?:\r?\n)*/.exec(text)?.[0].length ?? 0;
}

/** Where the head ends that begins a text; undefined: not in what there is of it. */
export function headEnd(text: string, from: number): number | undefined {
  const ending = /\r?\n\r?\n/g;
  ending.lastIndex = from;
  const found = ending.exec(text);
  return found === null ? undefined : found.index + found[0].length;
}

type Line = { readonly text: string; readonly start: number; readonly end: number };

/** The lines of a head with their places; one that is folded is one. `end` is behind the line end. */
function linesOf(text: string, from: number): Line[] {
  const lines: Line[] = [];
  for (let at = from; at < text.length; ) {
    let newline = text.indexOf('\n', at);
    // The first line is not folded, and an empty one is the last.
    while (lines.length > 0 && newline > at + 1 && /[ \t]/.test(text[newline + 1] ?? '')) {
      newline = text.indexOf('\n', newline + 1);
    }
    const end = newline < 0 ? text.length : newline + 1;
    const content = text.slice(at, end).replace(/\r?\n$/, '');
    lines.push({ text: content, start: at, end });
    at = end;
  }
  return lines;
}

function partAt(text: string, start: number): Part {
  return { text, start, end: start + text.length };
}

function firstLine(line: Line, isRequest: boolean): readonly [Part, Part, Part] | undefined {
  const match = (isRequest ? requestLine : statusLine).exec(line.text);
  if (match === null) return undefined;
  const [, one = '', gap = '', two = '', secondGap = '', three = ''] = match;
  const second = line.start + one.length + gap.length;
  return [
    partAt(one, line.start),
    partAt(two, second),
    partAt(three, second + two.length + secondGap.length),
  ];
}

/** Where the text is that has no blanks around it, between two offsets. Regular expressions take n² for that. */
function trimmed(text: string, from: number, to: number): readonly [start: number, end: number] {
  let [start, end] = [from, to];
  while (start < end && blanks.includes(text[start] ?? '')) start++;
  while (end > start && blanks.includes(text[end - 1] ?? '')) end--;
  return [start, end];
}

/** A folded value in one line. */
function unfolded(value: string): string {
  if (!value.includes('\n')) return value;
  return value
    .split('\n')
    .map((part) => part.slice(...trimmed(part, 0, part.length)))
    .join(' ');
}

function header({ text, start, end }: Line): HeaderLine | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const name = text.slice(...trimmed(text, 0, colon));
  if (!headerName.test(name) || !text.startsWith(name)) return undefined;
  const [from, to] = trimmed(text, colon + 1, text.length);
  const value = unfolded(text.slice(from, to));
  return { name, value: { text: value, start: start + from, end: start + to }, start, end };
}

/** Parses a head that ends where the text does. `from` is behind empty lines in front. Undefined: it is no HTTP. */
export function parseHead(text: string, from: number, isRequest: boolean): MessageHead | undefined {
  const lines = linesOf(text, from);
  const last = lines.pop();
  const [begin, ...rest] = lines;
  if (begin === undefined || last === undefined) return undefined;
  const first = firstLine(begin, isRequest);
  const headers = rest.map(header);
  if (first === undefined || !headers.every((line) => line !== undefined)) return undefined;
  return { first, headers, headersEnd: last.start, length: text.length };
}

/** The values of a header, whatever the case of its name. */
export function valuesOf({ headers }: MessageHead, name: string): string[] {
  return headers.filter((line) => line.name.toLowerCase() === name).map(({ value }) => value.text);
}
