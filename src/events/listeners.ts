import { defineEvent } from './descriptor.ts';

// Where policies listen.

/** `endpoint`: as `endpointText` of src/net gives it. */
type Listener = { readonly policy: string; readonly endpoint: string };

type Unplaced = {
  readonly policy: string;
  readonly interface: string;
  readonly port: number;
  readonly reason: string;
};

/** It is tried again every few seconds. */
export const listenerFailed = defineEvent({
  type: 'listener-failed',
  id: '11000001',
  level: 'alert',
  action: 'listen',
  isFailure: true,
  text: ({ policy, endpoint, reason }: Listener & { readonly reason: string }) =>
    `policy "${policy}" can't listen on ${endpoint}: ${reason}; it is tried again`,
  details: { policy: ({ policy }) => policy, endpoint: ({ endpoint }) => endpoint },
});

export const listenerRecovered = defineEvent({
  type: 'listener-recovered',
  id: '11000002',
  level: 'notification',
  action: 'listen',
  text: ({ policy, endpoint }: Listener) => `policy "${policy}" listens on ${endpoint} now`,
  details: { policy: ({ policy }) => policy, endpoint: ({ endpoint }) => endpoint },
});

/** A listener on an interface that is nothing of this machine, or nothing with an address. */
export const listenerUnplaced = defineEvent({
  type: 'listener-unplaced',
  id: '11000042',
  level: 'alert',
  action: 'listen',
  isFailure: true,
  text: ({ policy, interface: name, port, reason }: Unplaced) =>
    `policy "${policy}" does not listen on port ${port} of interface "${name}": ${reason}`,
  details: {
    policy: ({ policy }) => policy,
    interface: ({ interface: name }) => name,
    port: ({ port }) => port,
  },
});

/** A socket that the service manager has opened. */
export const lentInVain = defineEvent({
  type: 'lent-in-vain',
  id: '11000050',
  level: 'warning',
  action: 'listen',
  text: ({ endpoint }: { readonly endpoint: string }) =>
    `the service manager has opened ${endpoint}, where no policy listens: nobody is let in there`,
  details: { endpoint: ({ endpoint }) => endpoint },
});
