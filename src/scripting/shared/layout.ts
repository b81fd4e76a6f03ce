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
export const counterCount = 4096;
export const longestCounterName = 63;
/** Of a counter: its value as a double in two words, its name's length plus one (0: free), its creator, its name. */
export const COUNTER_LENGTH = 2;
export const COUNTER_WORKER = 3;
export const COUNTER_NAME = 4;
export const COUNTER_WORDS = 20;
export const FIRST_COUNTER = HEADER_WORDS;

export const tableCount = 64;
export const longestName = 255;
/** Of a table: its name's length plus one (0: free), its users, its limits, what it holds, its name, its buckets. */
export const TABLE_LENGTH = 0;
export const TABLE_USERS = 1;
export const TABLE_MOST_ENTRIES = 2;
export const TABLE_MOST_BLOCKS = 3;
export const TABLE_ENTRIES = 4;
export const TABLE_BLOCKS = 5;
export const TABLE_NAME = 6;
export const TABLE_BUCKETS = 70;
export const bucketCount = 256;
const TABLE_WORDS = TABLE_BUCKETS + bucketCount;
export const FIRST_TABLE = FIRST_COUNTER + counterCount * COUNTER_WORDS;

export const BLOCK_WORDS = 32;
export const BLOCK_BYTES = BLOCK_WORDS * 4;
/** Of a block: the next one of its entry. The first one adds the next entry of the bucket, the sizes, a hash. */
export const NEXT_BLOCK = 0;
export const NEXT_ENTRY = 1;
export const KEY_SIZE = 2;
export const VALUE_SIZE = 3;
export const KEY_HASH = 4;
/** Bytes before the data in an entry's first block, and in each other. */
export const ENTRY_HEADER = 20;
export const BLOCK_HEADER = 4;
const FIRST_BLOCK = FIRST_TABLE + tableCount * TABLE_WORDS;

export const longestValue = 65_536;
export const mostTableEntries = 2048;

const leastBytes = FIRST_BLOCK * 4 + 1024 * BLOCK_BYTES;
export const defaultBytes = 8 * 1024 * 1024;

/** Memory that the workers of a policy share. Costs what is used of it. */
export function createScriptMemory(bytes = defaultBytes): SharedArrayBuffer {
  return new SharedArrayBuffer(Math.ceil(Math.max(leastBytes, bytes) / BLOCK_BYTES) * BLOCK_BYTES);
}

export function blocksIn(memory: SharedArrayBuffer): number {
  return Math.floor((memory.byteLength / 4 - FIRST_BLOCK) / BLOCK_WORDS);
}

/** The word at which a block begins. */
export function blockAt(block: number): number {
  return FIRST_BLOCK + (block - 1) * BLOCK_WORDS;
}

export function counterAt(counter: number): number {
  return FIRST_COUNTER + counter * COUNTER_WORDS;
}
export function tableAt(table: number): number {
  return FIRST_TABLE + table * TABLE_WORDS;
}
