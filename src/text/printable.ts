import { graphemes } from './graphemes.ts';

/** A character that may be sent to a terminal: control characters become `^I` or `<9b>`, so that no text steers it. */
export function printable(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `^${String.fromCharCode(code ^ 0x40)}`;
  if (/^[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(character)) return `<${code.toString(16)}>`;
  return character;
}

/** A text that may be sent to a terminal, in one row. */
export function printableText(text: string): string {
  return ascii.test(text) ? text : graphemes(text).map(printable).join('');
}

const ascii = /^[\x20-\x7e]*$/;
