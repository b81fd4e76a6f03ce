import type { Operation } from '../cli/language/operation.ts';
import { isMeant } from '../cli/session/messages.ts';
import type { Program } from '../cli/session/open-session.ts';
import type { ReplyPart, Session } from '../cli/session/session.ts';
import { quote } from '../text/quote.ts';
import { type ApiAnswer, type ApiError, errorOf, malformed, refused } from './answer.ts';

/** What a request of an operation is about. */
export type OperationCall = {
  /** What follows its words, in the order in which the command line takes it. */
  readonly parameters: readonly string[];
  /** The transaction that it works in, as text; null: none. */
  readonly transaction: string | null;
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
};

/** Operations of one path: a program reads by GET, and acts by POST. */
export type OperationRoute = { readonly reads?: Operation; readonly acts?: Operation };

/** Characters of an output. */
const mostOutput = 16 * 1024 * 1024;

/** The operations that a program can reach, by their words with `/` between them. */
export function operationPaths(operations: readonly Operation[]): ReadonlyMap<string, OperationRoute> {
  const paths = new Map<string, OperationRoute>();
  for (const operation of operations) {
    const { words, api } = operation;
    if (api === 'console') continue;
    const path = words.join('/');
    const there = paths.get(path);
    if (there?.[api] !== undefined) throw new Error(`two operations are called ${path}`);
    paths.set(path, { ...there, [api]: operation });
  }
  return paths;
}

export async function answerOperation(
  program: Program,
  operation: Operation,
  { parameters, transaction, signal }: OperationCall,
): Promise<ApiAnswer> {
  const session = program.open();
  if ('refused' in session) {
    const fault = { error: 'held', word: program.services.author.name, expected: session.refused } as const;
    return { ...refused([errorOf(fault, { path: [] })]), status: 429 };
  }
  const interrupt = (): void => session.interrupt();
  signal.addEventListener('abort', interrupt);
  try {
    if (transaction !== null) {
      const resumed = await perform(session, `execute config-transaction resume ${wordOf(transaction)}`);
      if (resumed.errors.length > 0) return refused(resumed.errors, true);
    }
    const { verb, words } = operation;
    const { errors, output, notices } = await perform(
      session,
      [verb, ...words, ...parameters.map(wordOf), '| json'].join(' '),
    );
    if (errors.length > 0) return refused(errors);
    return { status: 200, data: { results: printedValue(output), notices } };
  } finally {
    signal.removeEventListener('abort', interrupt);
    session.close();
  }
}

type Performed = {
  readonly errors: readonly ApiError[];
  readonly output: string;
  readonly notices: readonly string[];
};

/** Runs one line. Whatever else is asked meanwhile has no answer: there is nobody. */
async function perform(session: Session, line: string): Promise<Performed> {
  const errors: ApiError[] = [];
  const notices: string[] = [];
  const output: string[] = [];
  let length = 0;
  const hear = (part: ReplyPart): void => {
    switch (part.kind) {
      case 'output':
        length += part.text.length;
        if (length <= mostOutput) output.push(part.text);
        else session.interrupt();
        return;
      case 'notice':
      case 'done':
        notices.push(part.text.trimEnd());
        return;
      case 'problem': {
        const { error, returnCode, message, path, expected, nearest } = part.problem;
        errors.push({ error, returnCode, message, path, field: null, expected, nearest });
        return;
      }
      case 'question':
      case 'file-wanted':
      case 'replay-wanted': {
        // As a batch, and as a change of an entry: what it takes from its own author is said, and done.
        const answer = part.kind === 'question' && part.question === isMeant ? 'yes' : null;
        // Not before the command waits for it.
        setImmediate(() => session.answer(answer));
        return;
      }
    }
  };
  const { status, unfinished } = await session.execute(line, hear);
  if (length > mostOutput) errors.push(malformed('to ask for less: this is more than an answer holds'));
  if (unfinished) errors.push(malformed('parameters that are whole'));
  if (status !== 0 && errors.length === 0) errors.push(malformed('a command that can be run'));
  return { errors, output: output.join(''), notices };
}

/** What is a word by itself stays one, since the command line tells its own words from names by that. */
function wordOf(text: string): string {
  return /^[\w.:/-]+$/.test(text) ? text : quote(text);
}

/** What was printed as JSON: one value, or several one after the other; null: nothing. */
function printedValue(output: string): unknown {
  if (output.trim() === '') return null;
  const values = output.split(/(?<=^\}\n)(?=\{)/m);
  const [first = '', ...rest] = values;
  return rest.length === 0 ? JSON.parse(first) : values.map((value): unknown => JSON.parse(value));
}
