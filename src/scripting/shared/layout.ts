/**
 * What the scripts of one policy share in all workers: one block of memory with counters, tables, and the entries of
 * tables in chains of small blocks. Words are of 32 bits; an index of a block counts from 1, so that 0 means none.
 */
export const LOCK = 0;
export const FREE_BLOCKS = 1;
/** Blocks from this one on were never used. */
export const FRESH_BLOCK = 2;
const HEADER_WORDS = 4;

/** FortiADC has 255 of them; a counter for each source wants more. */
export const COUNTERS = 4096;
export const longestCounterName = 63;
/** Of a counter: its value as a double in two words, its name's length plus one (0: free), its creator, its name. */
export const COUNTER_LENGTH = 2;
export const COUNTER_WORKER = 3;
export const COUNTER_NAME = 4;
export const COUNTER_WORDS = 20;
export const firstCounter = HEADER_WORDS;

export const TABLES = 64;
export const longestName = 255;
/** Of a table: its name's length plus one (0: free), the workers that use it, its limits, what it holds, name, buckets. */
export const TABLE_LENGTH = 0;
export const TABLE_USERS = 1;
export const TABLE_MOST_ENTRIES = 2;
export const TABLE_MOST_BLOCKS = 3;
export const TABLE_ENTRIES = 4;
export const TABLE_BLOCKS = 5;
export const TABLE_NAME = 6;
export const TABLE_BUCKETS = 70;
export const BUCKETS = 256;
const TABLE_WORDS = TABLE_BUCKETS + BUCKETS;
export const firstTable = firstCounter + COUNTERS * COUNTER_WORDS;

export const BLOCK_WORDS = 32;
export const BLOCK_BYTES = BLOCK_WORDS * 4;
/** Of a block: the next one of its entry. An entry's first block adds the next entry of its bucket, the sizes, a hash. */
export const NEXT_BLOCK = 0;
export const NEXT_ENTRY = 1;
export const KEY_SIZE = 2;
export const VALUE_SIZE = 3;
export const KEY_HASH = 4;
/** Bytes before the data in an entry's first block, and in each other. */
export const ENTRY_HEADER = 20;
export const BLOCK_HEADER = 4;
const firstBlock = firstTable + TABLES * TABLE_WORDS;

export const longestValue = 65_536;
export const mostTableEntries = 2048;

const leastBytes = firstBlock * 4 + 1024 * BLOCK_BYTES;
export const defaultBytes = 8 * 1024 * 1024;

/** Memory that the workers of a policy share. Costs what is used of it. */
export function createScriptMemory(bytes = defaultBytes): SharedArrayBuffer {
  return new SharedArrayBuffer(Math.ceil(Math.max(leastBytes, bytes) / BLOCK_BYTES) * BLOCK_BYTES);
}

export function blocksIn(memory: SharedArrayBuffer): number {
  return Math.floor((memory.byteLength / 4 - firstBlock) / BLOCK_WORDS);
}

/** The word at which a block begins. */
export function blockAt(block: number): number {
  return firstBlock + (block - 1) * BLOCK_WORDS;
}

export function counterAt(counter: number): number {
  return firstCounter + counter * COUNTER_WORDS;
}
export function tableAt(table: number): number {
  return firstTable + table * TABLE_WORDS;
}
