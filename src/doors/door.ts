/** A way in to sessions. */
export type Door = {
  /** Ends every session that came this way, and lets nobody in any more. */
  close(): void;
};
