import { LuaInstance } from '../../lua/host/instance.ts';
import { LuaState } from '../../lua/host/state.ts';
import { tokensOf } from '../../lua/syntax/tokens.ts';
import { textOfBinary } from '../../lua/values/binary-string.ts';
import { type ParsedScript, parseScript } from './parse.ts';
import { lineStarts, problemAt, type ScriptProblem } from './position.ts';
import { bodyOf, outsideOf, type Piece, programOf } from './program.ts';
import { warningsOf } from './warnings.ts';

/** The longest script, in bytes of UTF-8. */
export const longestScript = 65_536;
const mostBlocks = 256;
const memoryLimit = 16 * 1024 * 1024;
const chunk = 's';
const syntaxErrorPattern = /^s:(\d+): (.*)$/s;
/** Lua quotes the token, except for `<eof>` where the piece ends. */
const nearPattern = /^(.*) near (?:'(.*)'|<eof>)$/s;

const plainer = new Map([['<eof> expected', 'the block should have ended before this']]);

type SyntaxError = {
  readonly line: number;
  readonly message: string;
  readonly near: string;
  readonly isEnd: boolean;
};

/**
 * Finds what is wrong with a script without running it: first its blocks, then the syntax of each. Takes a few
 * milliseconds, on any thread; no Lua state outlives the call.
 */
export function checkScript(text: string): readonly ScriptProblem[] {
  const size = Buffer.byteLength(text);
  if (size > longestScript) {
    return [problemAt(text, 0, 0, `a script has ${longestScript} bytes at most; this one has ${size}`)];
  }
  const script = parseScript(text);
  const tooMany = script.blocks[mostBlocks];
  if (tooMany !== undefined) {
    return [problemAt(text, tooMany.start, tooMany.bodyStart, `a script has ${mostBlocks} blocks at most`)];
  }
  return script.problems.length > 0 ? script.problems : syntaxProblems(script);
}

/** What is wrong with a script, and what of it does nothing here. */
export function findingsOf(text: string): ScriptFindings {
  const problems = checkScript(text);
  return { problems, warnings: problems.length > 0 ? [] : warningsOf(parseScript(text)) };
}

export type ScriptFindings = {
  readonly problems: readonly ScriptProblem[];
  readonly warnings: readonly ScriptProblem[];
};

/** The Lua memory of the last check, for the next one, until the collector takes it. */
let idle: WeakRef<LuaInstance> | undefined;

function syntaxProblems(script: ParsedScript): readonly ScriptProblem[] {
  const instance = idle?.deref() ?? new LuaInstance();
  idle = new WeakRef(instance);
  const state = new LuaState(instance, { memoryLimit, now: () => 0, subject: 'the check' });
  try {
    const pieces = [outsideOf(script), ...script.blocks.map((block) => bodyOf(script.text, block))];
    const problems = pieces
      .map((piece) => problemIn(state, script.text, piece))
      .filter((problem) => problem !== null);
    if (problems.length > 0) return problems.sort((one, other) => one.line - other.line);
    // Some errors only show in the whole script: a block assigns to an outer constant, or there are too many locals.
    const error = syntaxError(state, programOf(script));
    return error === null ? [] : [problemOnLine(script.text, { code: script.text, shift: 0 }, error)];
  } finally {
    if (instance.broken) idle = undefined;
    state.close();
  }
}

function syntaxError(state: LuaState, code: string): SyntaxError | null {
  const failure = state.load(Buffer.from(code), chunk);
  if (failure === null) {
    state.stack.drop(1);
    return null;
  }
  const text = textOfBinary(failure.message);
  const [, line = '1', rest = text] = syntaxErrorPattern.exec(text) ?? [];
  const near = nearPattern.exec(rest);
  const isEnd = near !== null && near[2] === undefined;
  const message = near?.[1] ?? rest;
  return { line: Number(line), message: plainer.get(message) ?? message, near: near?.[2] ?? '', isEnd };
}

function problemIn(state: LuaState, text: string, piece: Piece): ScriptProblem | null {
  const error = syntaxError(state, piece.code);
  if (error === null) return null;
  if (error.isEnd) {
    const end = piece.code.length + piece.shift;
    const where = end < text.length ? 'at the end of the block' : 'at the end of the script';
    return problemAt(text, end, Math.min(end + 1, text.length), `${error.message} ${where}`);
  }
  const token = offendingToken(state, piece.code, error);
  if (token === null) return problemOnLine(text, piece, error);
  return problemAt(text, token.start + piece.shift, token.end + piece.shift, error.message);
}

/** Lua names the line and the token. When the line has that token several times, it is the first that Lua can't pass. */
function offendingToken(
  state: LuaState,
  code: string,
  { line, near }: SyntaxError,
): { start: number; end: number } | null {
  const lines = lineStarts(code);
  const tokens = [...tokensOf(code, lines[line - 1] ?? 0, lines[line] ?? code.length)];
  const same = tokens.filter(({ start, end }) => code.slice(start, end) === near);
  const isReached = ({ end }: { end: number }): boolean =>
    syntaxError(state, code.slice(0, end))?.isEnd === false;
  // Lua stops at the first one that it can't pass, so a binary search finds it.
  let first = 0;
  for (let end = same.length - 1; first < end; ) {
    const middle = (first + end) >> 1;
    const token = same[middle];
    if (token !== undefined && isReached(token)) end = middle;
    else first = middle + 1;
  }
  const found = same[first];
  return found !== undefined && (same.length === 1 || isReached(found)) ? found : null;
}

/** For an error that names no token, or none of the script: the first word of the line. */
function problemOnLine(text: string, { code, shift }: Piece, { line, message }: SyntaxError): ScriptProblem {
  const start = lineStarts(code)[line - 1] ?? 0;
  const [first] = tokensOf(code, start);
  return problemAt(text, (first?.start ?? start) + shift, (first?.end ?? start) + shift, message);
}
