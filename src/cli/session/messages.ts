import type { Fault } from '../faults/problem.ts';
import type { Question } from '../typing/assistance.ts';

/** Said where something was entered that stands already. */
export const nothingChanged = 'nothing has changed: there is no new revision';

/** The same of what is only tried. */
export const nothingWouldChange = 'nothing would change';
/** Said before something is done that its author may not want. */
export function warningOf(loss: string): string {
  return `warning: ${loss}`;
}

/** What is asked then. */
export const isMeant: Question = { kind: 'confirm', message: 'Do it all the same?' };

export const notMeant: Fault = {
  error: 'operation-failed',
  word: 'not confirmed',
  expected: 'the answer "yes"; nothing was saved',
};

/** Why Levee ends a session. */
export const ends = {
  deleted: (name: string, author: string) => `the account "${name}" was deleted by ${author}`,
  'new-password': (name: string, author: string) => `the password of "${name}" was changed by ${author}`,
  'no-key': (name: string, author: string) => `the key was taken from "${name}" by ${author}`,
  'no-host': (name: string, author: string) => `"${name}" may not come from there any more, says ${author}`,
  'no-entry': (name: string, author: string) =>
    `"${name}" may not come through that door from there any more, says ${author}`,
};

/** What a client hears of that. */
export function revocation(reason: string): string {
  return `Levee has ended this session: ${reason}`;
}
