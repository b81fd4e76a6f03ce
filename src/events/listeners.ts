import { defineEvent } from './descriptor.ts';

// Where policies listen.

/** `endpoint`: as `endpointText` of src/net gives it. */
type Listener = { readonly policy: string; readonly endpoint: string };

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
