import { type Emit, type Session, strictBatch } from '../../../cli/session/session.ts';
import type { RunAnswer, RunError } from '../../../page/messages.ts';
import { Refusal } from '../exchange.ts';
import { pageLimits } from './limits.ts';

/** Reads which lines the page wants to be run. Throws a Refusal. */
export function linesIn(body: unknown): readonly string[] {
  const { lines, ...others } = Object(body);
  const isWhole =
    Array.isArray(lines) &&
    lines.length > 0 &&
    lines.length <= pageLimits.lines &&
    lines.every((line) => typeof line === 'string') &&
    Object.keys(others).length === 0;
  if (!isWhole) throw new Refusal(400, `wanted: lines, a list of 1 to ${pageLimits.lines} texts`);
  return lines;
}

/**
 * Runs lines as one batch: nothing of what they change is done where one is wrong. Lines between `execute
 * config-transaction start` and `commit` are one, too, in that transaction, as they would be at the prompt. What goes on
 * for longer than `longest` milliseconds is interrupted, as is what nobody waits for any more.
 */
export async function runBatch(
  session: Session,
  lines: readonly string[],
  gone: AbortSignal,
  longest = pageLimits.batch,
): Promise<RunAnswer> {
  const heard = new Heard(session);
  const late = AbortSignal.timeout(longest);
  const over = AbortSignal.any([gone, late]);
  const interrupt = (): void => session.interrupt();
  over.addEventListener('abort', interrupt);
  try {
    if (over.aborted) return { status: 1, ...heard.told };
    const [first = '', last = ''] = [lines[0], lines.at(-1)];
    const isTransaction = lines.length > 2 && isStart.test(first) && isCommit.test(last);
    const status = isTransaction
      ? await runTransaction(session, { first, inner: lines.slice(1, -1), last }, heard, over)
      : await runText(session, lines, heard.emitOf(0), { operations: true });
    if (late.aborted) heard.notice(`it was interrupted after ${longest / 1000} seconds`);
    return { status, ...heard.told };
  } finally {
    over.removeEventListener('abort', interrupt);
  }
}

// Only a name of an earlier Levee has a line end in it: these are one statement each.
const isStart = /^ *execute +config-transaction +start(?: [^\r\n]*)?$/;
const isCommit = /^ *execute +config-transaction +commit(?: [^\r\n]*)?$/;

async function runText(
  session: Session,
  lines: readonly string[],
  emit: Emit,
  where: { readonly operations: true } | { readonly here: true },
): Promise<number> {
  const source = { name: 'page', bytes: Buffer.from(`${lines.join('\n')}\n`) };
  const options = { ...strictBatch, ...where };
  const { status } = await session.batch([source], options, emit);
  return status;
}

type Transaction = { readonly first: string; readonly inner: readonly string[]; readonly last: string };

/** A transaction that is not committed goes, with all that was entered. */
async function runTransaction(
  session: Session,
  { first, inner, last }: Transaction,
  heard: Heard,
  over: AbortSignal,
): Promise<number> {
  const emit = heard.emitOf(0);
  // How a transaction ends is in the last line.
  const begun = await session.execute(first, (part) => (part.kind === 'notice' ? undefined : emit(part)));
  if (begun.status !== 0) return begun.status;
  const entered = await runText(session, inner, heard.emitOf(1), { here: true });
  if (entered === 0 && !over.aborted) {
    const { status } = await session.execute(last, heard.emitOf(inner.length + 1));
    if (status === 0) return status;
  }
  await abandon(session);
  return 1;
}

/** Leaves what lines have opened, and the transaction, so that the next batch finds the session as this one did. */
async function abandon(session: Session): Promise<void> {
  const quiet = (): void => undefined;
  for (let { leave } = await session.state(); leave !== null; )
    ({ leave } = await session.execute(leave, quiet));
  await session.execute('execute config-transaction abort', quiet);
}

/** What the lines have said. Whatever they ask has no answer: the page has shown all of them before. */
class Heard {
  readonly #session: Session;
  readonly #output: string[] = [];
  readonly #notices: string[] = [];
  readonly #errors: RunError[] = [];
  #length = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  get told(): Omit<RunAnswer, 'status'> {
    return { output: this.#output.join(''), notices: this.#notices, errors: this.#errors };
  }

  notice(text: string): void {
    this.#notices.push(text);
  }

  #print(text: string): void {
    const room = pageLimits.output - this.#length;
    this.#length += text.length;
    if (text.length <= room) {
      this.#output.push(text);
      return;
    }
    if (room >= 0) {
      this.#output.push(text.slice(0, room));
      this.notice(`of what it prints, ${pageLimits.output} characters are shown`);
    }
    this.#session.interrupt();
  }

  /** `before`: lines that stand before those that are run. */
  emitOf(before: number): Emit {
    return (part) => {
      switch (part.kind) {
        case 'output':
          this.#print(part.text);
          return;
        case 'notice':
        case 'done':
          this.notice(part.text.trimEnd());
          return;
        case 'problem': {
          const { message, returnCode, line, column, expected, nearest } = part.problem;
          const at = line === null ? null : line + before;
          this.#errors.push({ message, returnCode, line: at, column, expected, nearest });
          return;
        }
        case 'question':
        case 'file-wanted':
        case 'replay-wanted':
          // Not before the command waits for it.
          setImmediate(() => this.#session.answer(null));
          return;
      }
    };
  }
}
