import assert from 'node:assert/strict';
import { CaptureReplay } from '../../src/replay/capture/capture-replay.ts';
import { policyOf, ruleOf } from '../policy/snapshots.ts';
import { planFor } from './captures.ts';

/** A policy where the captures go, with a threshold that they reach. */
const plan = planFor(
  policyOf({
    endpoints: [{ address: '192.0.2.1', port: 80 }],
    rule: ruleOf({ action: 'block-period', threshold: 1 }),
  }),
);

/** The result of a replay as text, or why there is none. */
export function judged(chunks: Iterable<Uint8Array>): string {
  const replay = new CaptureReplay(plan, undefined, {});
  for (const chunk of chunks) if (!replay.add(chunk)) break;
  try {
    return JSON.stringify(replay.finish());
  } catch (error) {
    assert.ok(error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError));
    return error.message;
  }
}
