/** A rule has raised an error. Its packet is dropped, and the next one is taken. The message is a binary string. */
export class RuleError extends Error {}

/** Rules are over their budget, or their memory is lost. No more rules run. The message is a binary string. */
export class RulesStopped extends Error {}
