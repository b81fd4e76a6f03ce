import { check } from '../../model/changes/commit.ts';
import { ownLosses } from '../../model/changes/own-losses.ts';
import type { Preview } from '../../system/configuration.ts';
import type { System } from '../../system/system.ts';
import { counted } from '../../text/plural.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import { spanned } from '../faults/spanned.ts';
import type { Operation } from '../language/operation.ts';
import { chosenTransaction, transactionSuggestions } from '../operands/transaction.ts';
import { warningOf } from '../session/messages.ts';

/** Sources that are named at once. */
const named = 5;

/** Sources that are looked at: the table may have millions. */
const looked = 10_000;

export default {
  verb: 'execute',
  words: ['config-transaction', 'check'],
  parameters: '[<transaction>]',
  help: 'Say what stands against the transaction, or which listeners and live sources it would hit',
  requires: 'by-table',
  api: 'reads',
  suggest: (position, { length }) => (length === 0 ? transactionSuggestions(position) : []),
  async run(context, parameters): Promise<Faults> {
    const { model, system, print } = context;
    const chosen = chosenTransaction(context, parameters);
    if ('fault' in chosen) return [chosen.fault];
    const [extra] = chosen.rest;
    if (extra !== undefined) return [superfluous(extra)];
    const { draft } = chosen.transaction;
    const faults = check(model, draft);
    if (faults.length > 0) return spanned(faults, {});
    const preview = model.configuration.preview(draft);
    const notices = [...ownLosses(model, draft).map(warningOf), ...model.configuration.notices(draft)];
    const hit = await sourcesHit(preview, system);
    print({
      lines: [
        ...lines(preview, hit, system !== undefined),
        ...notices,
        'nothing in it stands against its commit',
      ],
      data: () => ({ opens: preview.opens, closes: preview.closes, refused: hit, notices }),
    });
    return done;
  },
} satisfies Operation;

/** Sources of a policy whose peak is within the limit that is in force, and beyond the one that is to be. */
type Hit = {
  readonly policy: string;
  readonly threshold: number;
  readonly sources: readonly { readonly source: string; readonly peak: number }[];
};

async function sourcesHit({ thresholds }: Preview, system: System | undefined): Promise<readonly Hit[]> {
  if (system === undefined) return [];
  const hits: Hit[] = [];
  for (const [policy, { name, before, after }] of thresholds) {
    if (after === 0 || (before !== 0 && before <= after)) continue;
    const known = await system.sources(policy, looked, 'open');
    const sources = known
      .filter(({ peak }) => peak > after && (before === 0 || peak <= before))
      .map(({ source, peak }) => ({ source, peak }));
    if (sources.length > 0) hits.push({ policy: name, threshold: after, sources });
  }
  return hits;
}

function* lines({ opens, closes }: Preview, hits: readonly Hit[], isRunning: boolean): Generator<string> {
  for (const listener of closes) yield `listener closes: ${listener}`;
  for (const listener of opens) yield `listener opens: ${listener}`;
  for (const { policy, threshold, sources } of hits) {
    const some = sources.slice(0, named).map(({ source, peak }) => `${source} (${peak})`);
    const more = sources.length > named ? ', ...' : '';
    yield `policy "${policy}", threshold ${threshold}: ${counted(sources.length, 'source')} would be refused that are not now: ${some.join(', ')}${more}`;
  }
  if (hits.length === 0)
    yield isRunning ? 'no source would be refused that is not now' : 'nothing runs: no source is known';
}
