import assert from 'node:assert/strict';
import type { Outcome, ReplyPart } from '../../src/cli/session/session.ts';
import type { Typist } from './in-process.ts';

/** Runs a command and answers what it asks, one answer after the other; null = Ctrl-C. */
export async function converse(
  { session }: Typist,
  command: string,
  answers: readonly (string | null)[],
): Promise<{ readonly outcome: Outcome; readonly asked: readonly string[]; readonly told: string }> {
  const queue = [...answers];
  const asked: string[] = [];
  let told = '';
  const outcome = await session.execute(command, (part: ReplyPart) => {
    if (part.kind === 'output' || part.kind === 'notice') told += part.text;
    if (part.kind === 'problem') told += `${part.problem.message}\n`;
    if (part.kind !== 'question') return;
    asked.push(part.question.message);
    const answer = queue.shift();
    if (answer === undefined) throw new Error(`nothing to say to: ${part.question.message}`);
    session.answer(answer);
  });
  assert.deepEqual(queue, [], 'it asked less');
  return { outcome, asked, told };
}
