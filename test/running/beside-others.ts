import type { Placement } from '../../src/daemon/placement.ts';

/** Of a Levee in the process of a test: to load a worker takes longer than most of what the tests do. */
export const besideOthers: Placement = { workers: 1, processors: null };
