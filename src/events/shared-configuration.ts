import { type Actor, defineEvent } from './descriptor.ts';

// The configuration that nodes of a cluster have in common.

/** A shared configuration, and the administrator and node that it is of. */
type Of = { readonly number: number; readonly author: string; readonly node: string };

function named({ number, author, node }: Of): string {
  return `shared revision ${number} of "${author}" on node "${node}"`;
}

const details = {
  shared_revision: ({ number }: Of) => number,
  author: ({ author }: Of) => author,
  node: ({ node }: Of) => node,
};

export const configurationFollowed = defineEvent({
  type: 'configuration-followed',
  id: '11000130',
  level: 'notification',
  action: 'receive',
  isExpected: true,
  text: (event: Of & { readonly revision: number }) =>
    `${named(event)} runs here, as revision ${event.revision}`,
  details: { ...details, revision: ({ revision }) => revision },
});

export const configurationPublished = defineEvent({
  type: 'configuration-published',
  id: '11000131',
  level: 'notification',
  action: 'send',
  isExpected: true,
  text: ({ number, author }: Pick<Of, 'number' | 'author'>) =>
    `what "${author}" has committed is shared revision ${number}`,
  details: { shared_revision: ({ number }) => number, author: ({ author }) => author },
});

export const configurationUnshareable = defineEvent({
  type: 'configuration-unshareable',
  id: '11000138',
  level: 'error',
  action: 'send',
  isFailure: true,
  text: ({ reason }: { readonly reason: string }) =>
    `this node neither shares its configuration nor follows that of the others: ${reason}`,
});

export const configurationNotFollowed = defineEvent({
  type: 'configuration-not-followed',
  id: '11000132',
  level: 'error',
  action: 'receive',
  isFailure: true,
  text: (event: Of & { readonly reason: string }) =>
    `${named(event)} can't be followed: ${event.reason}; the one before runs on`,
  details,
});

export const configurationConflict = defineEvent({
  type: 'configuration-conflict',
  id: '11000133',
  level: 'error',
  action: 'receive',
  isFailure: true,
  text: ({ here, reason }: Of & { readonly here: string; readonly reason: string }) =>
    `what "${here}" has committed here is not shared: ${reason}; each node keeps its own until "execute cluster adopt" or "execute cluster publish" here`,
  details,
});

export const configurationUndecided = defineEvent({
  type: 'configuration-undecided',
  id: '11000134',
  level: 'warning',
  action: 'receive',
  text: (event: Of & { readonly reason: string }) =>
    `${named(event)} does not run here, since ${event.reason}: "execute cluster adopt" takes it over, "execute cluster publish" gives the others that of this node`,
  details,
});

export const configurationReplaced = defineEvent({
  type: 'configuration-replaced',
  id: '11000136',
  level: 'warning',
  action: 'receive',
  text: (event: Of & { readonly by: string; readonly on: string }) =>
    `the store had lost ${named(event)}, and what "${event.by}" has committed on node "${event.on}" takes its place`,
  details,
});

export const configurationOrdered = defineEvent({
  type: 'configuration-ordered',
  id: '11000137',
  level: 'notification',
  actor: ({ user, ui }) => ({ user, ui }),
  action: ({ isTaken }) => (isTaken ? 'receive' : 'send'),
  isExpected: true,
  text: ({ user, ui, isTaken }: Actor & { readonly isTaken: boolean }) =>
    isTaken
      ? `User ${user} had this node take over the shared configuration from ${ui}`
      : `User ${user} had the other nodes take over the configuration of this one from ${ui}`,
});

export const releasesDiffer = defineEvent({
  type: 'releases-differ',
  id: '11000171',
  level: 'notification',
  action: 'receive',
  isExpected: true,
  text: ({ node, theirs, ours }: ReleasesDiffer) =>
    `node "${node}" is Levee ${theirs}, this one ${ours}: tables and fields that only one of them knows are not to be set until both are the same`,
  details: { node: ({ node }) => node, theirs: ({ theirs }) => theirs, ours: ({ ours }) => ours },
});

type ReleasesDiffer = { readonly node: string; readonly theirs: string; readonly ours: string };

export const nodeNotFollowing = defineEvent({
  type: 'node-not-following',
  id: '11000135',
  level: 'warning',
  action: 'receive',
  text: ({ node, reason }: { readonly node: string; readonly reason: string }) =>
    `node "${node}" does not run the shared configuration: ${reason}`,
  details: { node: ({ node }) => node },
});
