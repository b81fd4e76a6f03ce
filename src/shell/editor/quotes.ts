/**
 * Whether what is typed at the cursor is data whatever it is: inside quotes, or in a comment. Quotes as in FortiWeb:
 * single ones know no escape; in double ones, and bare, a backslash takes the next character with it.
 */
export function isLiteral(text: string, cursor: number): boolean {
  let quote = '';
  let isBlank = true;
  for (let offset = 0; offset < cursor; offset += 1) {
    const character = text[offset] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
      else if (character === '\\' && quote === '"') offset += 1;
    } else if (character === '\n') {
      isBlank = true;
    } else if (character === '#' && isBlank) {
      const end = text.indexOf('\n', offset);
      if (end < 0 || end >= cursor) return true;
      offset = end;
    } else {
      if (character === '\\') offset += 1;
      if (character === '"' || character === "'") quote = character;
      if (character !== ' ' && character !== '\t') isBlank = false;
    }
  }
  return quote !== '';
}
