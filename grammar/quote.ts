import { closingQuote } from './words.ts';

/** `text` as one double-quoted word, escaped as FortiWeb prints it: newlines, tabs and all else stand as they are. */
export const quote = (text: string): string => `"${text.replace(/["'\\]/g, '\\$&')}"`;

/**
 * What may stand bare: FortiWeb quotes whatever holds white space or a character with a meaning to some shell.
 * \p{C} takes in controls, invisible format characters and lone surrogates.
 */
const bare = /^[^\s\p{C}#()<>?'"\\|]+$/u;

/** `text` as one word in its printed form: bare where that is safe, else quoted. */
export const printWord = (text: string): string => (bare.test(text) ? text : quote(text));

/** The text that a whole word stands for. */
export function unquote(word: string): string {
  let text = '';
  let offset = 0;
  while (offset < word.length) {
    const char = word[offset];
    if (char === '"' || char === "'") {
      const closing = closingQuote(word, offset, char) ?? word.length;
      const body = word.slice(offset + 1, closing);
      text += char === '"' ? body.replace(/\\(["'\\])/g, '$1') : body;
      offset = closing + 1;
    } else if (char === '\\') {
      continuation.lastIndex = offset;
      const continued = continuation.test(word);
      if (!continued) text += word[offset + 1] ?? '';
      offset = continued ? continuation.lastIndex : offset + 2;
    } else {
      bareRun.lastIndex = offset;
      const end = bareRun.test(word) ? bareRun.lastIndex : word.length;
      text += word.slice(offset, end);
      offset = end;
    }
  }
  return text;
}

/** Whether any part of a word stands in quotes or behind a backslash: `10` is bare, `"10"` and `1\\0` are not. */
export const isQuoted = (word: string): boolean => /["']|\\(?!\r?\n)/.test(word);

const continuation = /\\\r?\n/y;
const bareRun = /[^"'\\]+/y;
