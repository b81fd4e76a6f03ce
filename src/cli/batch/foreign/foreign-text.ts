import { isVerb } from '../../../../grammar/shapes.ts';
import { lineEnd } from '../../../../grammar/spans.ts';
import type { Item } from '../../../../grammar/statement.ts';
import type { Word } from '../../../../grammar/word.ts';
import type { Fault, Faults } from '../../faults/problem.ts';

const ofTerminal = 'a command alone: strip what a terminal shows around it, or import with --transcript';

/** What lines look like that are no commands as a file holds them, and what to do about it. */
const kinds: readonly (readonly [RegExp, string])[] = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what a terminal was told
  [/--More--|\x1b/i, ofTerminal],
  [/^\s*[\w.-]+ (?:\(.*\) )?[#$](?:\s|$)/, ofTerminal],
  [/^\s*\d+[:.)]?\s+(?:config|edit|set|unset|next|end)\b/, 'a command without a number before it'],
  [/^\s*(?:[{}\]]|\[\s*$|\[\s*[{"]|"[^"]*"\s*:)/, 'commands, as export prints them; this looks like JSON'],
];

const oneCommand = 'one command in each line: ";" separates none';
const ofReturns = 'lines that end in LF; here they end in CR alone';

/** What a line is that makes no sense where it stands, where that can be told from its looks. */
export function foreignHint(item: Item, text: string): string | undefined {
  if (isSeparated(item)) return oneCommand;
  const { offset } = item.span;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(start, Math.min(lineEnd(text, offset), start + 400));
  if (/\r[ \t]*\S/.test(line.trimStart()) && !text.includes('\n')) return ofReturns;
  if (item.kind === 'statement' || item.problem !== 'unknown-verb') return undefined;
  if (item.word.endsWith(';')) return oneCommand;
  return kinds.find(([pattern]) => pattern.test(line))?.[1];
}

/** What a word processor or a web page makes of plain text, and what belongs in its place. */
const typography: readonly (readonly [RegExp, string])[] = [
  [
    /[\u00a0\u2000-\u200a\u202f\u3000]/,
    'plain blanks; here stands one of another kind, as a web page has them',
  ],
  [/[\u2018-\u201f]/, 'plain quotes; here stand those of a word processor'],
];

/** What is wrong with the word of a fault, where its characters only look like the right ones. */
export function typographicHint([fault]: Faults): string | undefined {
  return fault && typography.find(([pattern]) => pattern.test(fault.word))?.[1];
}

/** A fault with what its line looks like. */
export function hinted({ nearest: _nearest, ...fault }: Fault, hint: string): Fault {
  return { ...fault, expected: hint };
}

/** Whether commands stand behind each other with a `;` between them. */
function isSeparated(item: Item): boolean {
  if (item.kind === 'problem') return false;
  const words = 'path' in item ? item.path : 'values' in item ? item.values : [];
  return words.some(
    (word, index) => ends(word) && (item.verb === 'config' || isVerb(words[index + 1]?.text ?? '')),
  );
}

function ends({ text, quoted }: Word): boolean {
  return !quoted && text.endsWith(';');
}
