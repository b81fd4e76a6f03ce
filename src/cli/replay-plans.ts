import type { Draft } from '../store/draft.ts';
import { Batch, type BatchClient } from './batch.ts';
import type { Rejection } from './configuration.ts';
import type { SourceText } from './problem.ts';
import type { ReplayPlans } from './replay-order.ts';
import type { SessionServices } from './services.ts';

/**
 * What a replay needs of the configuration, and of what an import of the candidate would make of it. Nothing is
 * committed. Null: the candidate can't be imported, which is told as an import tells it.
 */
export async function replayPlans(
  services: SessionServices,
  client: BatchClient,
  candidate: SourceText | null,
): Promise<ReplayPlans | null> {
  const { configuration } = services;
  const plan = configuration.replayPlan();
  if (candidate === null) return { plan, candidate: null };
  let draft: Draft | undefined;
  const asked = {
    ...services,
    configuration: {
      view: configuration.view,
      check(whole: Draft): readonly Rejection[] {
        draft = whole;
        return configuration.check(whole);
      },
      commit: configuration.commit.bind(configuration),
      replayPlan: configuration.replayPlan.bind(configuration),
    },
  };
  const options = { check: true, keepGoing: false, skipUnknown: false, operations: false };
  const batch = new Batch(asked, options, client);
  await batch.run(candidate);
  if ((await batch.finish()) !== 0) return null;
  // A text that changes nothing is not checked.
  return { plan, candidate: draft === undefined ? plan : configuration.replayPlan(draft) };
}
