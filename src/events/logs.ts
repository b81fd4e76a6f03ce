import { counted, isOrAre, wasOrWere } from '../text/plural.ts';
import { defineEvent } from './descriptor.ts';

// The logs about themselves.

type Target = { readonly target: string };
type File = { readonly file: string };
type Reason = { readonly reason: string };

/** Records of a target begin to be dropped. */
export const recordsDropped = defineEvent({
  type: 'records-dropped',
  id: '11000012',
  level: 'error',
  action: 'log',
  isFailure: true,
  text: ({ target, reason }: Target & Reason) => `log records for ${target} are being dropped: ${reason}`,
  details: { target: ({ target }) => target },
});

/** A target has ended with some unsent. */
export const recordsLost = defineEvent({
  type: 'records-lost',
  id: '11000024',
  level: 'error',
  action: 'log',
  isFailure: true,
  text: ({ target, dropped }: Target & { readonly dropped: number }) =>
    `${counted(dropped, 'log record')} for ${target} ${wasOrWere(dropped)} not sent in time, and ${isOrAre(dropped)} lost`,
  details: { target: ({ target }) => target, dropped: ({ dropped }) => dropped },
});

/** The queue of a target is empty again after some were dropped. */
export const recordsSentAgain = defineEvent({
  type: 'records-sent-again',
  id: '11000013',
  level: 'notification',
  action: 'log',
  text: ({ target, dropped }: Target & { readonly dropped: number }) =>
    `log records go to ${target} again; ${counted(dropped, 'record')} ${wasOrWere(dropped)} dropped`,
  details: { target: ({ target }) => target, dropped: ({ dropped }) => dropped },
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

/** It has made room on a full disk. */
export const logFileRemoved = defineEvent({
  type: 'log-file-removed',
  id: '11000016',
  level: 'warning',
  action: 'log',
  text: ({ file }: File) => `${file} was removed: the disk is full`,
  details: { file: ({ file }) => file },
});
