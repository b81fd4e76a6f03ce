import { graphemes } from './graphemes.ts';
import { isHarmful } from './harmless.ts';

/** A character of a line that is being typed, as it is shown: what is harmful becomes `^I` or `<9b>`. */
export function printable(character: string): string {
  if (ascii.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `^${String.fromCharCode(code ^ 0x40)}`;
  return isHarmful(character) ? `<${code.toString(16)}>` : character;
}

/** A text that may be sent to a terminal, in one row. */
export function printableText(text: string): string {
  return ascii.test(text) ? text : graphemes(text).map(printable).join('');
}

const ascii = /^[\x20-\x7e]*$/;
