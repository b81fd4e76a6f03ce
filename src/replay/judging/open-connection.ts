/** What a connection of the capture is to a replay while it is open there, whatever has become of it here. */
export type OpenConnection = {
  /** Which of the replay's policies has taken it. */
  readonly policy: number;
  /** Its source in the policy's book, as the rule counts. */
  readonly source: number;
  /** Its source there, as the result tells them apart; NONE: it has no name in the result. */
  readonly group: number;
  /** Its number at the gate; NONE: it was refused, or a block has closed it. */
  atGate: number;
};
