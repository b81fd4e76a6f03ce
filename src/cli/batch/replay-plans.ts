import type { ReplayPlans } from '../../system/replay-order.ts';
import type { SourceText } from '../faults/problem.ts';
import type { SessionServices } from '../session/services.ts';
import { strictBatch } from '../session/session.ts';
import { Batch, type BatchClient } from './batch.ts';

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
  const batch = new Batch(services, { ...strictBatch, check: true }, client);
  await batch.run(candidate);
  if ((await batch.finish()) !== 0) return null;
  return { plan, candidate: configuration.replayPlan(batch.transaction) };
}
