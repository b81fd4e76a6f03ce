/**
 * What steers a terminal, ends a line, or makes a line look like another: controls, line separators, what turns the
 * direction of writing (bidi), and spaces without width. Joiners stay: emoji and several scripts are written with them.
 */
const harmful = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_C}\u200b\u2060\ufeff]/gu;

/** Whether a character is, or begins with, such a one. */
export function isHarmful(character: string): boolean {
  return character.search(harmful) === 0;
}

/** A text of which nothing is harmful, as most are. */
const plain = /^[\n\t\x20-\x7e]*$/;

/**
 * A text as a terminal may show it, with its lines and tabs, whoever has written it. A harmful character becomes one
 * that can be seen, one for one: a control the picture of it, so that ESC is `␛`, others `\ufffd`.
 */
export function harmless(text: string): string {
  return plain.test(text) ? text : text.replace(harmful, pictured);
}

function pictured(character: string): string {
  if (character === '\n' || character === '\t') return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}

/** The colours and styles that packet rules know by name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it begins with an escape
const style = /(\x1b\[(?:[012457]|3[0-7])m)/;

/** As `harmless`, but colours and styles stay, each to the end of its line: what hides text must not hide the next. */
export function harmlessInColour(text: string): string {
  if (!text.includes('\x1b')) return harmless(text);
  return text.split('\n').map(colouredLine).join('\n');
}

function colouredLine(line: string): string {
  const parts = line.split(style);
  if (parts.length === 1) return harmless(line);
  return `${parts.map((part, index) => (index % 2 === 1 ? part : harmless(part))).join('')}\x1b[0m`;
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text on one line, with a backslash and a name or a number in the place of what is harmful. */
export function oneLine(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replace(
    harmful,
    (character) => escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
