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
