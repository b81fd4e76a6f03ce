import { codeOf } from '../../text/reason.ts';

/** The result of one check. */
export type CheckResult =
  | { readonly type: 'passed' }
  | { readonly type: 'failed'; readonly reason: string }
  /** The check could not be made, which says nothing about the member. The next one may succeed. */
  | { readonly type: 'not-made'; readonly reason: string }
  /** The system does not let this process make such checks. */
  | { readonly type: 'refused'; readonly reason: string };

export const passed: CheckResult = { type: 'passed' };

export function failed(reason: string): CheckResult {
  return { type: 'failed', reason };
}

export function notMade(reason: string): CheckResult {
  return { type: 'not-made', reason };
}

/** Errors of this machine, not of the member or the network. */
const ownErrors: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EADDRNOTAVAIL']);

/** What an error of a socket says about the member. */
export function failedWith(error: Error): CheckResult {
  const reason = networkReason(error);
  return ownErrors.has(codeOf(error) ?? '') ? notMade(reason) : failed(reason);
}

/** What an error of a socket says, for a person. */
export function networkReason(error: Error): string {
  return texts.get(codeOf(error) ?? '') ?? error.message;
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
