import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { commandHere } from './command-here.ts';

/** Of a command line or a part of it: what it has printed on both streams, and its exit status. */
export type Printed = { readonly printed: Buffer; readonly status: number };

/** What a part of a pipe gives to the next, and what it has printed by then. */
type Passed = Printed & { readonly passed: Buffer };

const nothing: Buffer = Buffer.alloc(0);

const quoted = /'[^']*'|"(?:[^"\\]|\\.)*"/;
/** A plain word of sh(1), one in single quotes, or one in double quotes without an expansion. */
const word = /(?:[\w@%+=:,./-]+|'[^']*'|"(?:[^"\\$`]|\\["\\$`])*")+/;
const leveeCommand = new RegExp(`^ *(?:\\w+=${word.source} +)*levee(?: |$)`);
const token = new RegExp(` *(?:(2>&1)|([<>]) *(${word.source})|(${word.source}))(?= |$)`, 'y');

/**
 * Runs a command line of sh(1), of pipes, `;` and `&&`: what starts `levee` in this process, with all that it takes of
 * sh (quotes, `<`, `>`, `2>&1`, variables before it); sh what starts another program.
 */
export async function runLine(line: string, environment: NodeJS.ProcessEnv): Promise<Printed> {
  const printed: Buffer[] = [];
  let status = 0;
  for (const [joint, pipeline] of parts(line, /;|&&/)) {
    if (joint === '&&' && status !== 0) continue;
    const ended = await runPipeline(pipeline, environment);
    printed.push(ended.printed);
    status = ended.status;
  }
  return { printed: Buffer.concat(printed), status };
}

async function runPipeline(pipeline: string, environment: NodeJS.ProcessEnv): Promise<Printed> {
  const commands = parts(pipeline, /\|/).map(([, command]) => command);
  const printed: Buffer[] = [];
  let input = nothing;
  let status = 0;
  for (const [index, command] of commands.entries()) {
    const isLast = index === commands.length - 1;
    const run = leveeCommand.test(command) ? runLevee : runOther;
    const ended = await run(command, environment, input, isLast);
    printed.push(ended.printed);
    input = ended.passed;
    status = ended.status;
  }
  return { printed: Buffer.concat(printed), status };
}

/** What stands between the joints outside of quotes, each with the joint before it. */
function parts(text: string, joint: RegExp): [joint: string, part: string][] {
  const found: [string, string][] = [['', '']];
  for (const [piece] of text.matchAll(new RegExp(`${quoted.source}|${joint.source}|.`, 'gs'))) {
    const last = found.at(-1);
    if (joint.test(piece) && !quoted.test(piece)) found.push([piece, '']);
    else if (last !== undefined) last[1] += piece;
  }
  return found;
}

async function runLevee(
  command: string,
  environment: NodeJS.ProcessEnv,
  input: Buffer,
  isLast: boolean,
): Promise<Passed> {
  const { words, variables, from, to, isMerged } = readLevee(command);
  const given = from === undefined ? input : { file: from };
  const { status, stdout, stderr, printed } = await commandHere(
    words,
    { ...environment, ...variables },
    given,
  );
  if (to !== undefined) {
    writeFileSync(to, isMerged ? printed : stdout);
    return { status, passed: nothing, printed: isMerged ? nothing : stderr };
  }
  if (isLast) return { status, passed: nothing, printed };
  return isMerged
    ? { status, passed: printed, printed: nothing }
    : { status, passed: stdout, printed: stderr };
}

type LeveeCommand = {
  readonly words: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly isMerged: boolean;
};

function readLevee(command: string): LeveeCommand {
  const given: string[] = [];
  const redirected = new Map<string, string>();
  let isMerged = false;
  const text = command.trim();
  for (token.lastIndex = 0; token.lastIndex < text.length; ) {
    const [whole, merge, direction, file = '', plain = ''] = token.exec(text) ?? [];
    if (whole === undefined) throw new Error(`only sh can read this: ${text}`);
    if (merge !== undefined) isMerged = true;
    else if (direction !== undefined) redirected.set(direction, unquoted(file));
    else given.push(unquoted(plain));
  }
  const first = given.indexOf('levee');
  const variables = given.slice(0, first).map((each) => {
    const [name = '', value = ''] = each.split(/=(.*)/s);
    return [name, value];
  });
  return {
    words: given.slice(first + 1),
    variables: Object.fromEntries(variables),
    from: redirected.get('<'),
    to: redirected.get('>'),
    isMerged,
  };
}

function unquoted(written: string): string {
  return written.replaceAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|[^'"]+/g,
    (plain, single?: string, double?: string) => single ?? double?.replace(/\\(.)/g, '$1') ?? plain,
  );
}

async function runOther(
  command: string,
  environment: NodeJS.ProcessEnv,
  input: Buffer,
  isLast: boolean,
): Promise<Passed> {
  const merge = isLast ? 'exec 2>&1; ' : '';
  const child = spawn('sh', ['-c', merge + command], { env: { ...process.env, ...environment } });
  const closed = once(child, 'close');
  // Some read only the beginning of it, or nothing.
  child.stdin.on('error', () => undefined).end(input);
  const [stdout, stderr, [status]] = await Promise.all([buffer(child.stdout), buffer(child.stderr), closed]);
  return isLast ? { status, passed: nothing, printed: stdout } : { status, passed: stdout, printed: stderr };
}
