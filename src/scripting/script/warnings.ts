import { type Token, tokensOf } from '../../lua/syntax/tokens.ts';
import { foreignCommands, foreignFunctions, foreignTables, idleIn } from './foreign.ts';
import { type ParsedScript, parseScript } from './parse.ts';
import { problemAt, type ScriptProblem } from './position.ts';

/** The most that are told of one script. */
const mostWarnings = 100;

/** What of a script does nothing here, and is no mistake: blocks of other events, and calls of what only others have. */
export function warningsOf(script: ParsedScript): readonly ScriptProblem[] {
  const found = [...script.warnings, ...idleCalls(script)];
  return found
    .sort((one, other) => one.line - other.line || one.column - other.column)
    .slice(0, mostWarnings);
}

/** Each as one line for a person. */
export function warningLines(text: string): string[] {
  return warningsOf(parseScript(text)).map(
    ({ line, column, message }) => `line ${line}, column ${column}: ${message}`,
  );
}

function idleCalls(script: ParsedScript): ScriptProblem[] {
  const { text, blocks, idle } = script;
  const tokens = [...tokensOf(text)];
  const word = (token: Token | undefined): string =>
    token === undefined ? '' : text.slice(token.start, token.end);
  return tokens.flatMap((token, index) => {
    const before = word(tokens[index - 1]);
    if (token.kind !== 'name' || before === '.' || before === ':' || before === 'function') return [];
    if (idle.some(({ start, bodyEnd }) => token.start >= start && token.start < bodyEnd)) return [];
    const isMethod = word(tokens[index + 1]) === ':';
    const last = isMethod ? tokens[index + 2] : token;
    const following = word(tokens[index + (isMethod ? 3 : 1)]);
    if (last === undefined || !/^[({"'[]/.test(following)) return [];
    const name = isMethod ? `${word(token)}:${word(last)}` : word(token);
    const block = blocks.find(({ start, bodyEnd }) => token.start >= start && token.start < bodyEnd);
    const reason = isMethod ? reasonOfCommand(word(token), name, block?.event) : foreignFunctions.get(name);
    if (reason === undefined) return [];
    return [
      problemAt(
        text,
        token.start,
        last.end,
        `${name} does nothing${block === undefined ? '' : ' here'}: ${reason}`,
      ),
    ];
  });
}

function reasonOfCommand(table: string, name: string, event: string | undefined): string | undefined {
  const late = idleIn.get(name);
  if (late?.events.some((one) => one === event) === true) return late.reason;
  return foreignTables.get(table) ?? foreignCommands.get(name);
}
