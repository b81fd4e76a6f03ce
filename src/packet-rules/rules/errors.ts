/** A rule has raised an error: its packet is dropped, and the next one comes. Bytes as characters. */
export class RuleError extends Error {}

/** Rules have used up what they may, or lost their memory: nothing more is run. Bytes as characters. */
export class RulesStopped extends Error {}
