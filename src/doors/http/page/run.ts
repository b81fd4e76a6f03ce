import { type Session, strictBatch } from '../../../cli/session/session.ts';
import type { RunAnswer, RunError } from '../../../page/messages.ts';
import { Refusal } from '../exchange.ts';
import { pageLimits } from './limits.ts';

export type Batch = { readonly lines: readonly string[]; readonly dryRun: boolean };

/** Reads what the page wants to be run. Throws a Refusal. */
export function batchIn(body: unknown): Batch {
  const { lines, dryRun = false, ...others } = Object(body);
  const isWhole =
    Array.isArray(lines) &&
    lines.length > 0 &&
    lines.length <= pageLimits.lines &&
    lines.every((line) => typeof line === 'string') &&
    typeof dryRun === 'boolean' &&
    Object.keys(others).length === 0;
  if (!isWhole)
    throw new Refusal(400, `wanted: lines, a list of 1 to ${pageLimits.lines} texts, and perhaps dryRun`);
  return { lines, dryRun };
}

/** Runs lines as one batch. Whatever is asked meanwhile has no answer: the page has shown all of it before. */
export async function runBatch(
  session: Session,
  { lines, dryRun }: Batch,
  signal: AbortSignal,
): Promise<RunAnswer> {
  const output: string[] = [];
  const notices: string[] = [];
  const errors: RunError[] = [];
  let length = 0;
  const interrupt = (): void => session.interrupt();
  signal.addEventListener('abort', interrupt);
  try {
    const { status } = await session.batch(
      [{ name: 'page', bytes: Buffer.from(`${lines.join('\n')}\n`) }],
      { ...strictBatch, operations: true, check: dryRun, changes: dryRun ? 'lines' : 'not' },
      (part) => {
        switch (part.kind) {
          case 'output':
            length += part.text.length;
            if (length <= pageLimits.output) output.push(part.text);
            else interrupt();
            return;
          case 'notice':
          case 'done':
            notices.push(part.text.trimEnd());
            return;
          case 'problem': {
            const { message, returnCode, line, column, expected, nearest } = part.problem;
            errors.push({ message, returnCode, line, column, expected, nearest });
            return;
          }
          case 'question':
          case 'file-wanted':
          case 'replay-wanted':
            // Not before the command waits for it.
            setImmediate(() => session.answer(null));
            return;
        }
      },
    );
    return { status, output: output.join(''), notices, errors };
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}
