import { counted, wasOrWere } from '../text/plural.ts';
import { type Actor, defineEvent } from './descriptor.ts';

// The life of a running Levee.

type Restart = Actor & { readonly process: number };
type Ending = { readonly notice: number; readonly drain: number; readonly connections: number };
type Start = { readonly revision: number; readonly workers: number; readonly engine: string };

export const started = defineEvent({
  type: 'started',
  id: '10000001',
  level: 'notification',
  action: 'start',
  isExpected: true,
  text: ({ workers, engine, revision }: Start) =>
    `Levee has started with ${counted(workers, 'worker')} on ${engine}, and revision ${revision}`,
  details: { revision: ({ revision }) => revision },
});

/** The event loop that the configuration names does not work here. */
export const engineMissing = defineEvent({
  type: 'engine-missing',
  id: '11000045',
  level: 'warning',
  action: 'start',
  isFailure: true,
  text: ({ engine, reason }: { readonly engine: string; readonly reason: string }) =>
    `engine ${engine} does not work here, node takes its place: ${reason}`,
});

export const stopped = defineEvent({
  type: 'stopped',
  id: '10000002',
  level: 'notification',
  action: 'stop',
  isExpected: true,
  text: (_: object) => 'Levee has stopped',
});

/** New connections are taken for `notice` seconds yet, and then those that are left have `drain` seconds to end. */
export const ending = defineEvent({
  type: 'ending',
  id: '10000050',
  level: 'notification',
  action: 'stop',
  isExpected: true,
  text: ({ notice, drain, connections }: Ending) =>
    `Levee is about to end${notice === 0 ? '' : `, and takes new connections for ${counted(notice, 'second')} yet`}: ${counted(connections, 'connection')} may go on for ${counted(drain, 'second')}`,
  details: { count: ({ connections }) => connections },
});

/** What had not ended in that time. */
export const cutOff = defineEvent({
  type: 'cut-off',
  id: '10000051',
  level: 'notification',
  action: 'stop',
  isExpected: true,
  text: ({ connections }: { readonly connections: number }) =>
    `${counted(connections, 'connection')} ${wasOrWere(connections)} reset, since Levee ends`,
  details: { count: ({ connections }) => connections },
});

/** An administrator has another process take over. */
export const restartBegun = defineEvent({
  type: 'restart-begun',
  id: '10000070',
  level: 'notification',
  action: 'restart',
  isExpected: true,
  actor: ({ user, ui }: Restart) => ({ user, ui }),
  text: ({ user, ui, process }: Restart) => `User ${user} has process ${process} take over from ${ui}`,
});

/** The process before this one goes on with the connections that it has. */
export const restarted = defineEvent({
  type: 'restarted',
  id: '10000071',
  level: 'notification',
  action: 'restart',
  isExpected: true,
  text: ({ process }: { readonly process: number }) =>
    `Levee has taken over from process ${process}, which keeps the connections that it has until they end`,
});

export const restartFailed = defineEvent({
  type: 'restart-failed',
  id: '11000095',
  level: 'error',
  action: 'restart',
  isFailure: true,
  text: ({ reason }: { readonly reason: string }) =>
    `no other process could take over, and all is as before: ${reason}`,
});

/** The data plane runs a revision; `failures`: what it could not do of it yet. */
export const reloaded = defineEvent({
  type: 'reloaded',
  id: '10000012',
  level: ({ failures }) => (failures.length > 0 ? 'error' : 'information'),
  action: 'reload',
  isExpected: true,
  text: ({ revision, failures }: { readonly revision: number; readonly failures: readonly string[] }) =>
    `Revision ${revision} is in force${failures.length === 0 ? '' : `, but ${failures.join('; ')}`}`,
  details: { revision: ({ revision }) => revision },
});

/** What some entries of an IP list said of addresses holds no longer. */
export const entriesExpired = defineEvent({
  type: 'entries-expired',
  id: '11000100',
  level: 'notification',
  action: 'reload',
  isExpected: true,
  text: ({ list }: { readonly list: string }) => `Entries of IP list "${list}" have expired`,
  details: { list: ({ list }) => list },
});

/** Blocks would not outlive this process. */
export const blocksNotKept = defineEvent({
  type: 'blocks-not-kept',
  id: '11000023',
  level: 'error',
  action: 'block',
  isFailure: true,
  text: ({ reason }: { readonly reason: string }) => `blocks can't be kept over a restart: ${reason}`,
});

/** Were the database damaged now, the copy of it would not hold what was committed since the last one. */
export const copyFailed = defineEvent({
  type: 'copy-failed',
  id: '11000025',
  level: 'error',
  action: 'backup',
  isFailure: true,
  text: ({ reason }: { readonly reason: string }) => `the database can't be copied: ${reason}`,
});

/** The sources of so many kept blocks have no room in the table: they are no longer blocked. */
export const blocksNotRestored = defineEvent({
  type: 'blocks-not-restored',
  id: '11000031',
  level: 'error',
  action: 'block',
  isFailure: true,
  text: ({ blocks, capacity }: { readonly blocks: number; readonly capacity: number }) =>
    `${counted(blocks, 'block')} ${wasOrWere(blocks)} not restored: the sources table of ${capacity} has no room`,
  details: { count: ({ blocks }) => blocks },
});

/** Nobody can go back to a revision up to `last` any more. */
export const revisionsForgotten = defineEvent({
  type: 'revisions-forgotten',
  id: '10000021',
  level: 'information',
  action: 'forget',
  isExpected: true,
  text: ({ last, limit }: { readonly last: number; readonly limit: number }) =>
    `Revisions up to ${last} are forgotten: "set revision-limit" in "config system global" keeps ${limit}`,
  details: { revision: ({ last }) => last },
});

/** An earlier Levee has recorded revisions in a form that can't be gone back to. */
export const historyBegun = defineEvent({
  type: 'history-begun',
  id: '10000022',
  level: 'notification',
  action: 'upgrade',
  text: ({ revision }: { readonly revision: number }) =>
    `The history of the configuration begins anew with revision ${revision}: what an earlier version has recorded before can't be gone back to`,
  details: { revision: ({ revision }) => revision },
});
