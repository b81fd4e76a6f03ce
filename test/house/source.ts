import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** Paths of the .ts files under these folders of the project, relative to its root, in order; a folder may be yet to come. */
export function typeScriptFiles(...folders: readonly string[]): string[] {
  const present = folders.filter((folder) => existsSync(join(root, folder)));
  return present.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`)
      .sort(),
  );
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** A word as a string of the same length in spaces, with its line ends kept. */
function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

const lexemes = new RegExp(
  [
    /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)/,
    /(?<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`)/,
    // A slash begins a regular expression where a value may begin.
    /(?<=(?:[=(,:[!&|?{};+]|=>|\breturn|^)\s*)(?<regex>\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*)/,
  ]
    .map((lexeme) => lexeme.source)
    .join('|'),
  'gm',
);

/** A TypeScript text taken apart; `code` has its length, with comments, strings and regular expressions blanked out. */
export function takeApart(text: string): { readonly code: string; readonly comments: readonly string[] } {
  const comments: string[] = [];
  const code = text.replace(lexemes, (lexeme: string, comment: string | undefined) => {
    if (comment === undefined) return lexeme[0] + blank(lexeme.slice(1, -1)) + lexeme.at(-1);
    comments.push(comment);
    return blank(comment);
  });
  return { code, comments };
}

export type Import = { readonly specifier: string; readonly typeOnly: boolean; readonly line: number };

const statement = /\b(?:import|export)\b(?<type>\s+type\b(?!\s+from\b))?(?<names>[^;'"`=]*?)\bfrom\s*['"]/g;
const sideEffect = /^\s*import\s*['"]/gm;
const call = /\b(?:import|require)\s*\(\s*['"]/g;
/** The file of a worker thread is named so, and is as much of a dependency as an import. */
const fileOfThread = /\bnew\s+URL\s*\(\s*['"]/g;

/** What a file asks for, in whatever way, types included. */
export function importsOf(text: string): Import[] {
  const { code } = takeApart(text);
  const found: Import[] = [];
  for (const pattern of [statement, sideEffect, call, fileOfThread]) {
    for (const match of code.matchAll(pattern)) {
      const start = match.index + match[0].length;
      const specifier = text.slice(start, code.slice(start).search(/['"]/) + start);
      if (pattern === fileOfThread && !specifier.endsWith('.ts')) continue;
      const names = match.groups?.['names']?.match(/\{(?<list>[^}]*)\}/)?.groups?.['list'];
      const everyNameIsType = names
        ?.split(',')
        .filter((name) => name.trim() !== '')
        .every((name) => /^\s*type\s/.test(name));
      const typeOnly = match.groups?.['type'] !== undefined || everyNameIsType === true;
      found.push({ specifier, typeOnly, line: code.slice(0, match.index).split('\n').length });
    }
  }
  return found;
}
