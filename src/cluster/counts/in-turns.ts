/** Sources that are looked at before others may have a turn: about a millisecond. */
export const sourcesInAStep = 1024;

/** Sources of which a node tells, or learns what they hold, in one turn: some milliseconds. */
export const mostAtOnce = 2048;
