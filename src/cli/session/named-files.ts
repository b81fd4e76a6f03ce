import type { Word } from '../../../grammar/word.ts';
import { mayDoEverything, type Requirement, readsFiles, writesFiles } from '../../access/permissions.ts';
import type { Model } from '../../model/model.ts';
import { missingPermission } from '../../model/permission.ts';
import { type ReplayOrder, type ReplayReport, readReplayReport } from '../../system/replay-order.ts';
import type { Fault, SourceText } from '../faults/problem.ts';
import type { Given } from './context.ts';
import type { Answer } from './session.ts';

// Files that a person has named, and that the client opens: what is asked before, and what is made of its answer.

type Holder = Pick<Model, 'permissions' | 'from'>;

/** The text of a file, for whoever may have files read. */
export async function namedSource(
  holder: Holder,
  file: Word,
  ask: () => Promise<Answer>,
): Promise<Given<'source', SourceText>> {
  const missing = missingFor(holder, file, readsFiles);
  if (missing !== undefined) return { fault: missing };
  const answer = await ask();
  if (typeof answer === 'string') return { source: sourceOf(holder, { name: file.text, text: answer }) };
  return { fault: failed(`can't read '${file.text}'`, file, answer?.reason ?? 'it was not read') };
}

/** The report of a replay, for whoever may have the files of the order read and written. */
export async function namedReplay(
  holder: Holder,
  capture: Word,
  { plot, ...order }: Pick<ReplayOrder, 'capture' | 'plot'>,
  ask: () => Promise<Answer>,
): Promise<Given<'report', ReplayReport>> {
  const missing =
    (order.capture === '-' ? undefined : missingFor(holder, capture, readsFiles)) ??
    (plot === null ? undefined : missingFor(holder, capture, writesFiles));
  if (missing !== undefined) return { fault: missing };
  const answer = await ask();
  const report = typeof answer === 'string' ? readReplayReport(answer) : undefined;
  if (report !== undefined) return { report };
  const reason = typeof answer === 'string' ? 'a client of this version' : answer?.reason;
  return { fault: failed(`can't replay '${capture.text}'`, capture, reason ?? 'it was interrupted') };
}

/** Why texts of files that were named can't be taken, if so. */
export function missingForNamed(holder: Holder): Fault | undefined {
  const missing = missingPermission(holder, readsFiles);
  return missing && { ...missing, expected: `${missing.expected}, or the text on standard input` };
}

/**
 * A text of a file that was named. What is in it is shown only to whoever may do everything: others could read what the
 * process that opens it can read, and they can't.
 */
export function sourceOf({ permissions }: Holder, source: SourceText): SourceText {
  return mayDoEverything(permissions) ? source : { ...source, isWithheld: true };
}

function missingFor(holder: Holder, { span }: Word, requirement: Requirement): Fault | undefined {
  const missing = missingPermission(holder, requirement);
  return missing && { ...missing, span };
}

function failed(word: string, { span }: Word, expected: string): Fault {
  return { error: 'operation-failed', word, span, expected };
}
