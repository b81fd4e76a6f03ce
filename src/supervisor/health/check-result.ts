import { codeOf } from '../../text/reason.ts';

/** What one check has found. */
export type CheckResult =
  | { readonly type: 'passed' }
  | { readonly type: 'failed'; readonly reason: string }
  /** It could not be made, which is no fault of the server. It may be possible the next time. */
  | { readonly type: 'not-made'; readonly reason: string }
  /** The system does not let this process make it. */
  | { readonly type: 'refused'; readonly reason: string };

export const passed: CheckResult = { type: 'passed' };

export function failed(reason: string): CheckResult {
  return { type: 'failed', reason };
}

/** Errors of this machine, not of the server or the way to it. */
const ownErrors: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EADDRNOTAVAIL']);

/** What an error of a socket says about the server. */
export function failedWith(error: Error): CheckResult {
  const code = codeOf(error) ?? '';
  const reason = texts.get(code) ?? error.message;
  return ownErrors.has(code) ? { type: 'not-made', reason } : failed(reason);
}

const texts: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EHOSTUNREACH', 'host unreachable'],
  ['ENETUNREACH', 'network unreachable'],
  ['ETIMEDOUT', 'timed out'],
]);

/** `no answer in 3 s`. */
export function noAnswer(milliseconds: number): CheckResult {
  return failed(`no answer in ${milliseconds / 1000} s`);
}
