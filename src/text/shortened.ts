/** A word may be a whole script: in a message its beginning, at most `longest` characters, is enough. */
export function shortened(word: string, longest = 80): string {
  // In UTF-16 code units, twice as many as are wanted: the word may be as long as a file.
  const [line = '', ...more] = word.slice(0, 2 * longest + 1).split('\n');
  const characters = [...line];
  return more.length === 0 && characters.length <= longest
    ? line
    : `${characters.slice(0, longest).join('')}...`;
}
