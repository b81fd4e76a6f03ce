import type { PolicyReplay } from './policy-replay.ts';
import type { Replay } from './replay.ts';
import type { FateChange, PolicyChange } from './result.ts';
import type { SourceRecord } from './source-record.ts';

/** What changes from one configuration to another that has seen the same connections. Policies are the same by row id. */
export const changesOf = (before: Replay, after: Replay): PolicyChange[] => {
  const ids = new Set([...before.policies.keys(), ...after.policies.keys()]);
  return [...ids]
    .map((id) => policyChange(before.policies.get(id), after.policies.get(id)))
    .filter((change) => isChange(change));
};

const isChange = ({ before, after, changes, otherNumbers }: PolicyChange): boolean =>
  changes.length > 0 ||
  otherNumbers > 0 ||
  before?.connections !== after?.connections ||
  before?.policy !== after?.policy;

const policyChange = (before: PolicyReplay | undefined, after: PolicyReplay | undefined): PolicyChange => {
  const [one, other] = [recordsOf(before), recordsOf(after)];
  const names = new Set([...one.keys(), ...other.keys()]);
  const changes: { readonly change: FateChange; readonly first: number }[] = [];
  let otherNumbers = 0;
  for (const name of names) {
    const [was, is] = [one.get(name), other.get(name)];
    if (isOtherFate(was, is)) {
      const change: FateChange = {
        source: name,
        from: was?.fate ?? null,
        to: is?.fate ?? null,
        before: was?.result ?? null,
        after: is?.result ?? null,
      };
      changes.push({ change, first: Math.min(was?.first ?? Infinity, is?.first ?? Infinity) });
    } else if (was !== undefined && is !== undefined && hasOtherNumbers(was, is)) otherNumbers++;
  }
  return {
    policy: after?.snapshot.name ?? before?.snapshot.name ?? '',
    before: before?.result ?? null,
    after: after?.result ?? null,
    changes: changes.sort((a, b) => a.first - b.first).map(({ change }) => change),
    otherNumbers,
  };
};

const recordsOf = (policy: PolicyReplay | undefined): ReadonlyMap<string, SourceRecord> =>
  new Map([...(policy?.records ?? [])].map((record) => [record.name, record]));

/** Who is admitted is as well off as who meets no policy. */
const isOtherFate = (was: SourceRecord | undefined, is: SourceRecord | undefined): boolean =>
  (was?.fate ?? 'admitted') !== (is?.fate ?? 'admitted');

const hasOtherNumbers = (was: SourceRecord, is: SourceRecord): boolean =>
  was.reported !== is.reported ||
  was.refused !== is.refused ||
  was.wouldRefuse !== is.wouldRefuse ||
  was.closed !== is.closed ||
  was.blocks !== is.blocks;
