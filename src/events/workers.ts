import { counted, isOrAre, wasOrWere } from '../text/plural.ts';
import { defineEvent } from './descriptor.ts';

// The threads of the data plane, and what they have too little of.

/** It is replaced. `connections`: what it held, now closed and no longer counted. */
export const workerEnded = defineEvent({
  type: 'worker-ended',
  id: '11000007',
  level: 'critical',
  action: 'worker',
  isFailure: true,
  text: ({ worker, cause, connections }: WorkerEnd) =>
    `worker ${worker} has ended (${cause}); its ${counted(connections, 'connection')} ${isOrAre(connections)} closed and given back, and it is replaced`,
  details: { worker: ({ worker }) => worker, connections: ({ connections }) => connections },
});

type WorkerEnd = { readonly worker: number; readonly cause: string; readonly connections: number };

/** `refused`: connections of all sources since the last such event of the worker; 0: the system shed them uncounted. */
export const descriptorsExhausted = defineEvent({
  type: 'descriptors-exhausted',
  id: '11000008',
  level: 'alert',
  action: 'check-resource',
  isFailure: true,
  text({ refused, limit }: Exhaustion): string {
    const reset =
      refused === 0 ? 'connections were' : `${counted(refused, 'connection')} ${wasOrWere(refused)}`;
    return `${reset} reset: all ${limit} descriptors are in use`;
  },
  details: { worker: ({ worker }) => worker, refused: ({ refused }) => refused },
});

type Exhaustion = { readonly worker: number; readonly refused: number; readonly limit: number };

export const sourcesTableFull = defineEvent({
  type: 'sources-table-full',
  id: '11000009',
  level: 'alert',
  action: 'check-resource',
  isFailure: true,
  text: ({ capacity, admits }: { readonly admits: boolean; readonly capacity: number }) =>
    `the sources table of ${capacity} is full: new sources are ${admits ? 'admitted uncounted' : 'refused'}`,
});

/**
 * The PROXY header of a connection was broken, missing or late. `peer`: of the last one; `refused`: connections of all
 * peers since the last such event of the worker and policy.
 */
export const proxyHeaderRefused = defineEvent({
  type: 'proxy-header-refused',
  id: '11000010',
  level: 'warning',
  action: 'proxy-protocol',
  isFailure: true,
  text: ({ policy, peer, reason, refused }: HeaderRefusal) =>
    `${counted(refused, 'connection')} of policy "${policy}" ${wasOrWere(refused)} closed, the last from ${peer}: ${reason}`,
  details: {
    policy: ({ policy }) => policy,
    src: ({ peer }) => ({ word: peer }),
    refused: ({ refused }) => refused,
  },
});

type HeaderRefusal = {
  readonly policy: string;
  readonly peer: string;
  readonly reason: string;
  readonly refused: number;
};

/**
 * A connection of a policy has come to a listener of Levee itself, which is not to be: a loop takes all descriptors in
 * no time. `endpoint`: where the last one came in; `refused`: since the last such event of the worker and policy.
 */
export const loopRefused = defineEvent({
  type: 'loop-refused',
  id: '11000040',
  level: 'alert',
  action: 'relay',
  isFailure: true,
  text: ({ policy, endpoint, refused }: Loop) =>
    `a server of policy "${policy}" is Levee itself, listening on ${endpoint}: ${counted(refused, 'connection')} ${wasOrWere(refused)} reset`,
  details: {
    policy: ({ policy }) => policy,
    endpoint: ({ endpoint }) => ({ word: endpoint }),
    refused: ({ refused }) => refused,
  },
});

type Loop = { readonly policy: string; readonly endpoint: string; readonly refused: number };

/** More bytes would have waited in a worker than may. `refused`: connections reset since the last such event of the worker. */
export const waitingBytesExhausted = defineEvent({
  type: 'waiting-bytes-exhausted',
  id: '11000044',
  level: 'alert',
  action: 'check-resource',
  isFailure: true,
  text: ({ worker, refused }: { readonly worker: number; readonly refused: number }) =>
    `${counted(refused, 'connection')} ${wasOrWere(refused)} reset: too much data waited in worker ${worker} for servers and slow readers`,
  details: { worker: ({ worker }) => worker, refused: ({ refused }) => refused },
});
