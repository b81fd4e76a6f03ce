/** Said where something was entered that stands already. */
export const nothingChanged = 'nothing has changed: there is no new revision';

/** The same of what is only tried. */
export const nothingWouldChange = 'nothing would change';

/** Why Levee ends a session. */
export const ends = {
  deleted: (name: string, author: string) => `the account "${name}" was deleted by ${author}`,
  'new-password': (name: string, author: string) => `the password of "${name}" was changed by ${author}`,
};

/** What a client hears of that. */
export function revocation(reason: string): string {
  return `Levee has ended this session: ${reason}`;
}
