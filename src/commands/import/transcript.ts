import { isVerb } from '../../../grammar/shapes.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes begin with one
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])/g;

/** The pager's line, and how a terminal is told to wipe it. */
const more = /--More--(?:\r *\r|[\b]+ *[\b]*)?/gi;

/** A device's name, the level where it stands, and its sign. */
const prompt = /^\s*([\w.-]+) (?:\(.*?\) )?[#$](?: |$)/;

/** What was typed to look at something, and no change; also what was asked for help. */
const looking = /^(?:$|sh|g|ex|di|tr|.*\?$)/;

/** What a device answers to `edit`. */
const answer = /^\s*new entry '.*' added\s*$/;

/**
 * The commands of what a terminal has shown: without prompts, `--More--`, escapes, and what was typed only to look.
 * Lines keep their numbers. What stands in quotes keeps all but escapes and the pager's lines. Bytes are taken for
 * characters and kept as they are, whatever their encoding.
 */
export function commandsOf(transcript: Uint8Array): Uint8Array {
  const lines = Buffer.from(transcript).toString('latin1').split('\n');
  let open = '';
  const kept = lines.map((line) => {
    const shown = asShown(line);
    const command = open === '' ? withoutPrompt(shown) : shown;
    open = quoteAfter(command, open);
    return command;
  });
  return Buffer.from(kept.join('\n'), 'latin1');
}

/** A line as it stood on the screen at last. */
function asShown(line: string): string {
  let shown = line.replace(escapes, '').replace(more, '');
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

function withoutPrompt(line: string): string {
  const [before, name] = prompt.exec(line) ?? [];
  if (before === undefined || name === undefined || isVerb(name)) return answer.test(line) ? '' : line;
  const command = line.slice(before.length);
  return looking.test(command.trim()) ? '' : command;
}

/** The quote that is open behind a line, or ''. `open`: the one that is open before it. */
function quoteAfter(line: string, open: string): string {
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
