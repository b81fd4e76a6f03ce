import type { Snapshot } from '../../policy/snapshot.ts';
import type { KeptBlocks } from '../../system/kept-blocks.ts';
import type { Predecessor, ToPredecessor } from './channel.ts';

// What the process that has taken over decides on connections that the one before it still has.

type Configured = Extract<ToPredecessor, { type: 'configured' }>;

/** Blocks as they are kept; the process before this one learns of each that begins, since it has connections of its source. */
export function toldTo(predecessor: Predecessor, blocks: KeptBlocks): KeptBlocks {
  return {
    page: (before, most) => blocks.page(before, most),
    save(started) {
      blocks.save(started);
      predecessor.send({ type: 'blocked', blocks: started });
    },
    remove: (lifted) => blocks.remove(lifted),
    removeEnded: (now, most) => blocks.removeEnded(now, most),
  };
}

/** What of a snapshot decides on connections that stand. */
export function configuredBy({ policies }: Snapshot): Configured {
  const members = policies.flatMap((policy) => policy.members);
  return {
    type: 'configured',
    policies: policies.filter(({ enabled }) => enabled).map(({ id }) => id),
    cutMembers: members.filter(({ status }) => status === 'disable').map(({ id }) => id),
  };
}

/** A snapshot with no other policies than those that stand, and members cut that are. */
export function standingOf(snapshot: Snapshot, { policies, cutMembers }: Configured): Snapshot {
  const [standing, cut] = [new Set(policies), new Set(cutMembers)];
  return {
    ...snapshot,
    policies: snapshot.policies
      .filter(({ id }) => standing.has(id))
      .map((policy) => ({
        ...policy,
        members: policy.members.map((member) =>
          cut.has(member.id) ? { ...member, status: 'disable' as const } : member,
        ),
      })),
  };
}
