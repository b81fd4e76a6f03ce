/** `text` as one double-quoted word, escaped as FortiWeb prints it: newlines, tabs and all else stand as they are. */
export function quote(text: string): string {
  return `"${text.replace(/["'\\]/g, '\\$&')}"`;
}

/**
 * What may stand bare: FortiWeb quotes whatever holds white space or a character with a meaning to some shell.
 * \p{C} takes in controls, invisible format characters and lone surrogates.
 */
const bare = /^[^\s\p{C}#()<>?'"\\|]+$/u;

/** `text` as one word in its printed form: bare where that is safe, else quoted. */
export function printWord(text: string): string {
  return bare.test(text) ? text : quote(text);
}
