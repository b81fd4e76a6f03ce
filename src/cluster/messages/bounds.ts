// What no Levee ever says: whoever does has a fault, or is none. A number that is believed has to fit where it goes.

/** Connections of a source at a node: what a word holds. */
export const mostConnections = 2 ** 31 - 1;
/** Of what is counted one by one: of frames that would be thousands of years. */
export const mostSteps = 2 ** 48;
/** Milliseconds since 1970: some centuries. */
export const latestTime = 2 ** 43;
/** By which a clock may be ahead of another: a node whose own is further off takes no part. */
export const longestAhead = 86_400_000;
/** Bytes of a name, or of a reason. */
export const longestText = 4096;
