import type { TestContext } from 'node:test';
import type { PolicySnapshot, ScriptSnapshot } from '../../src/policy/snapshot.ts';
import type { WorkersOptions } from '../../src/supervisor/workers/options.ts';
import { freePort } from '../network/ports.ts';
import { policyOf, snapshotOf } from '../policy/snapshots.ts';
import { type Running, start } from './data-plane.ts';
import { scriptLineOf } from './script-lines.ts';

/** Scripts as a policy has them, named s1, s2, ... */
export function scriptsOf(...texts: readonly string[]): readonly ScriptSnapshot[] {
  return texts.map((text, index) => ({ id: index + 1, name: `s${index + 1}`, text }));
}

export type Scripted = {
  readonly running: Running;
  readonly port: number;
  /** Makes the policy another one; what is not given stays. */
  readonly change: (policy: Partial<PolicySnapshot>) => Promise<void>;
};

/** A data plane with one policy that runs scripts. */
export async function startScripted(
  context: TestContext,
  policy: Partial<PolicySnapshot>,
  options: Partial<WorkersOptions> = {},
  address = '127.0.0.1',
): Promise<Scripted> {
  const running = start(context, options);
  const port = await freePort();
  let current: Partial<PolicySnapshot> = { endpoints: [{ address, port }], ...policy };
  const change = async (changes: Partial<PolicySnapshot>): Promise<void> => {
    current = { ...current, ...changes };
    await running.workers.apply(snapshotOf(policyOf(current)));
  };
  await change({});
  return { running, port, change };
}

/** What the scripts of a data plane have said so far, `debug` and failures too. */
export function linesOf({ events }: Running): readonly string[] {
  return events.flatMap((event) => {
    const line = scriptLineOf(event);
    if (line === undefined) return [];
    return line.kind === 'log' ? [line.text] : [`${line.kind}: ${line.text}`];
  });
}
