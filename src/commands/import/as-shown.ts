// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes begin with one
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are
const unseen = /[\0\x07]/g;

/** The pager's line, and how a terminal is told to wipe it. */
const more = /--More--(?:\r *\r|[\b]+ *[\b]*)?/gi;

/** A line as it stood on the screen at last. */
export function asShown(line: string): string {
  // Telnet fills lines with NUL, and completion rings the bell.
  let shown = line.replace(escapes, '').replace(unseen, '').replace(more, '');
  let end = shown.length;
  while (shown[end - 1] === '\r') end -= 1;
  shown = shown.slice(shown.lastIndexOf('\r', end - 1) + 1, end);
  if (!shown.includes('\b')) return shown;
  const characters: string[] = [];
  for (const character of shown) {
    if (character === '\b') characters.pop();
    else characters.push(character);
  }
  return characters.join('');
}
