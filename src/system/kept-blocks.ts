import type { BlockedSource, StoredBlock, StoredBlocks } from '../store/blocks.ts';

export type { BlockedSource };

export type KeptBlock = StoredBlock;

/** What keeps the blocks of the sources table over the end of a process. */
export type KeptBlocks = Pick<StoredBlocks, 'page' | 'save' | 'remove' | 'removeEnded'>;
