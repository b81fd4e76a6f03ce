import { defineEvent } from './descriptor.ts';

// The configuration that nodes of a cluster have in common.

/** A shared configuration, and the administrator and node that it is of. */
type Of = { readonly number: number; readonly user: string; readonly node: string };

const details = {
  revision: ({ number }: Of) => number,
  user: ({ user }: Of) => user,
  node: ({ node }: Of) => node,
};

export const configurationFollowed = defineEvent({
  type: 'configuration-followed',
  id: '11000130',
  level: 'notification',
  action: 'receive',
  isExpected: true,
  text: ({ number, user, node, revision }: Of & { readonly revision: number }) =>
    `shared revision ${number} of "${user}" on node "${node}" runs here, as revision ${revision}`,
  details,
});

export const configurationPublished = defineEvent({
  type: 'configuration-published',
  id: '11000131',
  level: 'notification',
  action: 'send',
  isExpected: true,
  text: ({ number, user }: { readonly number: number; readonly user: string }) =>
    `what "${user}" has committed is shared revision ${number}`,
  details: { revision: ({ number }) => number, user: ({ user }) => user },
});

export const configurationNotFollowed = defineEvent({
  type: 'configuration-not-followed',
  id: '11000132',
  level: 'error',
  action: 'receive',
  isFailure: true,
  text: ({ number, user, node, reason }: Of & { readonly reason: string }) =>
    number === 0
      ? `the configuration of this node can't be shared: ${reason}`
      : `shared revision ${number} of "${user}" on node "${node}" can't be followed: ${reason}; the one before runs on`,
  details,
});

export const configurationConflict = defineEvent({
  type: 'configuration-conflict',
  id: '11000133',
  level: 'error',
  action: 'receive',
  isFailure: true,
  text: ({ number, user, node, here, reason }: Of & { readonly here: string; readonly reason: string }) =>
    `"${here}" here and "${user}" on node "${node}" (shared revision ${number}) have changed the same: ${reason}; each node keeps its own until "execute cluster adopt" or "execute cluster publish" here`,
  details,
});

export const configurationUndecided = defineEvent({
  type: 'configuration-undecided',
  id: '11000134',
  level: 'warning',
  action: 'receive',
  text: ({ number, user, node, reason }: Of & { readonly reason: string }) =>
    `shared revision ${number} of "${user}" on node "${node}" does not run here, since ${reason}: "execute cluster adopt" takes it over, "execute cluster publish" gives the others that of this node`,
  details,
});

export const configurationReplaced = defineEvent({
  type: 'configuration-replaced',
  id: '11000136',
  level: 'warning',
  action: 'receive',
  text: ({ number, user, node, by, on }: Of & { readonly by: string; readonly on: string }) =>
    `the store had lost shared revision ${number} of "${user}" on node "${node}", and what "${by}" has committed on node "${on}" takes its place`,
  details,
});

export const nodeNotFollowing = defineEvent({
  type: 'node-not-following',
  id: '11000135',
  level: 'warning',
  action: 'receive',
  text: ({ node, reason }: { readonly node: string; readonly reason: string }) =>
    `node "${node}" does not run the shared configuration: ${reason}`,
  details: { node: ({ node }) => node },
});
