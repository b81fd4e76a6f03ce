import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { monotonicNow } from '../enforcer/clock.ts';
import { allowedProcessors, keepToLast } from '../enforcer/processors.ts';
import { AttackLog } from '../logs/attack-log.ts';
import { LogFile } from '../logs/log-file.ts';
import type { PolicySnapshot, Snapshot } from '../policy/snapshot.ts';
import type { ViolationRecord } from '../verdict/records.ts';
import { eventText, listenerFailure } from './event-text.ts';
import { floodTest } from './flood-test.ts';
import type { Owner } from './owner.ts';
import { startWorkers, type Workers } from './workers.ts';

/** Without a violation for so long an episode is over, in milliseconds (FortiWeb's max-dos-alert-interval). */
const reportInterval = 180_000;

export type Enforcer = { readonly workers: Workers; readonly attackLog: AttackLog; stop(): Promise<void> };

/** Starts the data plane over the configuration of an owner: from now on commits take effect on live traffic. */
export async function startEnforcer(owner: Owner, tell: (event: string) => void): Promise<Enforcer> {
  const { configuration, state } = owner;
  const file = new LogFile(join(state.log, 'attack.log'), tell);
  const attackLog = new AttackLog(file);
  const settings = configuration.enforcerSettings;
  const policies = new Map<number, PolicySnapshot>();
  let deviceName = '';

  const write = (record: ViolationRecord): void => {
    const policy = policies.get(record.policy);
    if (policy !== undefined) attackLog.write(record, policy, deviceName);
  };
  // Counted before this thread is kept to one of them.
  const threads = settings.workers === 0 ? availableParallelism() : settings.workers;
  const processors = allowedProcessors();
  if (processors !== null) keepToLast(processors);
  const policyName = (id: number): string => policies.get(id)?.name ?? String(id);
  const workers = startWorkers({
    workers: threads,
    processors,
    sources: settings.sourcesTableSize,
    reportInterval,
    onViolations: (records) => {
      for (const record of records) write(record);
    },
    onEpisodeEnd: (end) => {
      const { policy, prefix: _prefix, lastViolation, ...line } = end;
      const [endpoint] = policies.get(policy)?.endpoints ?? [];
      write({
        ...line,
        time: Date.now() - (monotonicNow() - lastViolation),
        policy,
        sourcePort: 0,
        destination: endpoint?.address ?? '',
        destinationPort: endpoint?.port ?? 0,
        threshold: policies.get(policy)?.rule?.threshold ?? 0,
      });
    },
    onEvent: (event) => tell(eventText(event, policyName)),
  });

  const apply = async (snapshot: Snapshot): Promise<readonly string[]> => {
    deviceName = snapshot.deviceName;
    for (const policy of snapshot.policies) policies.set(policy.id, policy);
    await workers.apply(snapshot);
    // Only now: what the last snapshot still had may have ended episodes in between.
    const kept = new Set(snapshot.policies.map(({ id }) => id));
    for (const id of policies.keys()) if (!kept.has(id)) policies.delete(id);
    return workers
      .status()
      .listeners.filter(({ message }) => message !== '')
      .map((listener) => listenerFailure(listener, policyName));
  };
  configuration.drive(apply, settings);
  owner.system = {
    floodTest: (policy, connections, signal) => {
      const snapshot = policies.get(policy);
      if (snapshot === undefined) throw new Error('there is no such policy');
      return floodTest({ workers, attackLog, policy: snapshot, connections, signal });
    },
  };
  const stop = async (): Promise<void> => {
    owner.system = undefined;
    await workers.stop();
    file.close();
  };
  try {
    await apply(configuration.snapshot);
  } catch (error) {
    await stop();
    throw error;
  }
  return { workers, attackLog, stop };
}
