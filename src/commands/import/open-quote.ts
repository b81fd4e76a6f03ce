/** The quote that is open behind a line, or ''. `open`: the one that is open before it. */
export function quoteAfter(line: string, open: string): string {
  if (open === '' && line.trimStart().startsWith('#')) return '';
  let quote = open;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '\\' && quote !== "'") at += 1;
    else if (character === quote) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
  }
  return quote;
}
