/** What happens to a new connection. */
export const ADMIT = 0;
/** A violation under `alert` or monitor-mode. */
export const ADMIT_REPORT = 1;
export const REFUSE_REPORT = 2;
/** A violation under `deny_no_log`. No line reports it, nor is it counted in one. */
export const REFUSE_UNREPORTED = 3;
/**
 * No violation: the table has no room for the source, and the setting is `closed`, or the IP list refuses it
 * anyway.
 */
export const REFUSE_TABLE_FULL = 4;
/** No violation: this worker holds as many connections as its ledger has entries. */
export const REFUSE_LEDGER_FULL = 5;
export type Verdict = 0 | 1 | 2 | 3 | 4 | 5;

export function isAdmitted(verdict: Verdict): boolean {
  return verdict <= ADMIT_REPORT;
}

/** `sources-table-full`: what happens to a connection of a new source when the table is full. A trusted one is let in. */
export type FullPolicy = 'open' | 'closed';
