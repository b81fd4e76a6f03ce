import { counted, isOrAre, wasOrWere } from '../text/plural.ts';
import { defineEvent } from './descriptor.ts';
import type { Level } from './level.ts';

// The logs about themselves.

type Destination = { readonly destination: string };
type File = { readonly file: string };
type Reason = { readonly reason: string };

/** Records of a destination begin to be dropped. */
export const recordsDropped = defineEvent({
  type: 'records-dropped',
  id: '11000012',
  level: 'error',
  action: 'log',
  isFailure: true,
  text: ({ destination, reason }: Destination & Reason) =>
    `log records for ${destination} are being dropped: ${reason}`,
  details: { destination: ({ destination }) => destination },
});

/** A destination has ended with some unsent. */
export const recordsLost = defineEvent({
  type: 'records-lost',
  id: '11000024',
  level: 'error',
  action: 'log',
  isFailure: true,
  text: ({ destination, dropped }: Destination & { readonly dropped: number }) =>
    `${counted(dropped, 'log record')} for ${destination} ${wasOrWere(dropped)} not sent in time, and ${isOrAre(dropped)} lost`,
  details: { destination: ({ destination }) => destination, dropped: ({ dropped }) => dropped },
});

/** The queue of a destination is empty again after some were dropped. */
export const recordsSentAgain = defineEvent({
  type: 'records-sent-again',
  id: '11000013',
  level: 'notification',
  action: 'log',
  text: ({ destination, dropped }: Destination & { readonly dropped: number }) =>
    `log records go to ${destination} again; ${counted(dropped, 'record')} ${wasOrWere(dropped)} dropped`,
  details: { destination: ({ destination }) => destination, dropped: ({ dropped }) => dropped },
});

export const logFileFailed = defineEvent({
  type: 'log-file-failed',
  id: '11000014',
  level: 'alert',
  action: 'log',
  isFailure: true,
  text: ({ file, reason }: File & Reason) => `${file} can't be written: ${reason}; its lines are lost`,
  details: { file: ({ file }) => file },
});

/** `lost`: lines. */
export const logFileWritten = defineEvent({
  type: 'log-file-written',
  id: '11000015',
  level: 'notification',
  action: 'log',
  text: ({ file, lost }: File & { readonly lost: number }) =>
    `${file} is written again; lines that were lost: ${lost}`,
  details: { file: ({ file }) => file, dropped: ({ lost }) => lost },
});

/** It is closed without having been written again. `lost`: lines since it last was. */
export const logFileLost = defineEvent({
  type: 'log-file-lost',
  id: '11000032',
  level: 'alert',
  action: 'log',
  isFailure: true,
  text: ({ file, lost }: File & { readonly lost: number }) =>
    `${file} could not be written any more; lines that were lost: ${lost}`,
  details: { file: ({ file }) => file, dropped: ({ lost }) => lost },
});

/** It has made room on a full disk. */
export const logFileRemoved = defineEvent({
  type: 'log-file-removed',
  id: '11000016',
  level: 'warning',
  action: 'log',
  text: ({ file }: File) => `${file} was removed: the disk is full`,
  details: { file: ({ file }) => file },
});

/** Events of one type that came too many at once for a line each. `level`: of the worst of them; `last`: what it says. */
export const eventsOmitted = defineEvent({
  type: 'events-omitted',
  id: '11000030',
  level: ({ level }) => level,
  action: 'log',
  isExpected: ({ isExpected }) => isExpected,
  text: ({ count, of, last }: Omission) => `${counted(count, 'more event')} "${of}", the last: ${last}`,
  details: { event: ({ of }) => ({ word: of }), count: ({ count }) => count },
});

type Omission = {
  readonly of: string;
  readonly count: number;
  readonly level: Level;
  readonly isExpected: boolean;
  readonly last: string;
};
