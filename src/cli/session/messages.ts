/** Said where something was entered that stands already. */
export const nothingChanged = 'nothing has changed: there is no new revision';
