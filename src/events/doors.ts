import { defineEvent } from './descriptor.ts';

// The ways in.

/** The control socket was removed by somebody, and is there again. */
export const socketMadeAgain = defineEvent({
  type: 'socket-made-again',
  id: '11000033',
  level: 'warning',
  action: 'listen',
  text: ({ file }: { readonly file: string }) => `${file} was gone, and is made again`,
  details: { file: ({ file }) => file },
});

export const socketLost = defineEvent({
  type: 'socket-lost',
  id: '11000034',
  level: 'error',
  action: 'listen',
  isFailure: true,
  text: ({ file, reason }: { readonly file: string; readonly reason: string }) =>
    `${file} is gone, and can't be made again: ${reason}; it is tried again`,
  details: { file: ({ file }) => file },
});

type NetworkDoor = { readonly door: string; readonly kind: string; readonly endpoint: string };

const details = {
  door: ({ door }: NetworkDoor) => door,
  kind: ({ kind }: NetworkDoor) => ({ word: kind }),
  endpoint: ({ endpoint }: NetworkDoor) => endpoint,
};

export const doorOpened = defineEvent({
  type: 'door-opened',
  id: '11000051',
  level: 'notification',
  action: 'listen',
  isExpected: true,
  text: ({ door, kind, endpoint }: NetworkDoor) => `door "${door}" is open for ${kind} on ${endpoint}`,
  details,
});

/** Whoever has come in before may still be here. */
export const doorShut = defineEvent({
  type: 'door-shut',
  id: '11000052',
  level: 'notification',
  action: 'listen',
  isExpected: true,
  text: ({ door, kind, endpoint }: NetworkDoor) => `door "${door}" is shut for ${kind} on ${endpoint}`,
  details,
});

/** It is tried again every few seconds. */
export const doorFailed = defineEvent({
  type: 'door-failed',
  id: '11000053',
  level: 'alert',
  action: 'listen',
  isFailure: true,
  text: ({ door, kind, endpoint, reason }: NetworkDoor & { readonly reason: string }) =>
    `door "${door}" can't be opened for ${kind} on ${endpoint}: ${reason}; it is tried again`,
  details,
});

/** Nobody's fault but Levee's: whoever asked has been told that it failed. */
export const requestFailed = defineEvent({
  type: 'request-failed',
  id: '11000080',
  level: 'error',
  action: 'listen',
  isFailure: true,
  text: ({ door, path, reason }: { readonly door: string; readonly path: string; readonly reason: string }) =>
    `door "${door}" could not serve ${path}: ${reason}`,
  details: { door: ({ door }) => door },
});
