import { type Token, tokensOf } from '../../lua/syntax/tokens.ts';
import { foreignCommands, foreignFunctions, foreignTables, idleIn } from './foreign.ts';
import { type Block, type ParsedScript, parseScript } from './parse.ts';
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

/** Whether a script chooses a server in an event that comes with the bytes of a request. */
export function choosesByRequest(script: ParsedScript): boolean {
  return callsIn(script).some(({ name, block }) => {
    const choosing = idleIn.get(name);
    return choosing !== undefined && block !== undefined && choosing.events.includes(block.event);
  });
}

function idleCalls(script: ParsedScript): ScriptProblem[] {
  return callsIn(script).flatMap(({ name, table, start, end, block }) => {
    const reason =
      table === undefined
        ? foreignFunctions.get(name)
        : (foreignTables.get(table) ?? foreignCommands.get(name));
    if (reason === undefined) return [];
    const where = block === undefined ? '' : ' here';
    return [problemAt(script.text, start, end, `${name} does nothing${where}: ${reason}`)];
  });
}

/** A call of a global function, or of a command, such as `TCP:close`. */
type Call = {
  readonly name: string;
  /** Of a command. */
  readonly table: string | undefined;
  readonly start: number;
  readonly end: number;
  /** Undefined: it stands outside of all blocks. */
  readonly block: Block | undefined;
};

function callsIn({ text, blocks, idle }: ParsedScript): Call[] {
  const tokens = [...tokensOf(text)];
  const word = (token: Token | undefined): string =>
    token === undefined ? '' : text.slice(token.start, token.end);
  return tokens.flatMap((token, index): Call[] => {
    const { start } = token;
    const before = word(tokens[index - 1]);
    if (token.kind !== 'name' || before === '.' || before === ':' || before === 'function') return [];
    if (idle.some((left) => start >= left.start && start < left.bodyEnd)) return [];
    const isMethod = word(tokens[index + 1]) === ':';
    const last = isMethod ? tokens[index + 2] : token;
    const following = word(tokens[index + (isMethod ? 3 : 1)]);
    if (last === undefined || !/^[({"'[]/.test(following)) return [];
    return [
      {
        name: isMethod ? `${word(token)}:${word(last)}` : word(token),
        table: isMethod ? word(token) : undefined,
        start,
        end: last.end,
        block: blocks.find((block) => start >= block.start && start < block.bodyEnd),
      },
    ];
  });
}
