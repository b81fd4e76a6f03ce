const begin = '<!-- What follows is what "npm run capture" saw. -->\n```\n';
const end = '```\n<!-- End of the capture. -->\n';

type Block = { readonly before: string; readonly text: string; readonly after: string };

/** Throws where a page has no place for a capture. */
function blockOf(page: string): Block {
  const start = page.indexOf(begin);
  const stop = page.indexOf(end, start + begin.length);
  if (start < 0 || stop < 0) throw new Error('the page has no block for a capture');
  return {
    before: page.slice(0, start + begin.length),
    text: page.slice(start + begin.length, stop),
    after: page.slice(stop),
  };
}

/** The capture that a page holds. */
export function captureIn(page: string): string {
  return blockOf(page).text;
}

/** The page with another capture. */
export function withCapture(page: string, text: string): string {
  const { before, after } = blockOf(page);
  return before + text + after;
}
