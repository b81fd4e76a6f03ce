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
export const LONGEST_COUNTER_NAME = 63;
/** Of a counter: its value in two words (a double), 0 or its name's length plus one, its creator, its name. */
export const COUNTER_LENGTH = 2;
export const COUNTER_OWNER = 3;
export const COUNTER_NAME = 4;
export const COUNTER_WORDS = 20;
export const FIRST_COUNTER = HEADER_WORDS;

export const TABLES = 64;
export const LONGEST_NAME = 255;
/** Of a table: 0 or its name's length plus one, the workers that use it, its limits, what it holds, its name, buckets. */
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
export const FIRST_TABLE = FIRST_COUNTER + COUNTERS * COUNTER_WORDS;

export const BLOCK_WORDS = 32;
export const BLOCK_BYTES = BLOCK_WORDS * 4;
/** Of a block: the next one of the same entry; then, in an entry's first block: the next entry of its bucket, sizes, hash. */
export const NEXT_BLOCK = 0;
export const NEXT_ENTRY = 1;
export const KEY_SIZE = 2;
export const VALUE_SIZE = 3;
export const KEY_HASH = 4;
/** Bytes before the data in an entry's first block, and in each other. */
export const ENTRY_HEADER = 20;
export const BLOCK_HEADER = 4;
const FIRST_BLOCK = FIRST_TABLE + TABLES * TABLE_WORDS;

export const LONGEST_VALUE = 65_536;
export const MOST_ENTRIES = 2048;

const LEAST_BYTES = FIRST_BLOCK * 4 + 1024 * BLOCK_BYTES;
export const DEFAULT_BYTES = 8 * 1024 * 1024;

/** Memory that the workers of a policy share. Costs what is used of it. */
export const createScriptMemory = (bytes = DEFAULT_BYTES): SharedArrayBuffer =>
  new SharedArrayBuffer(Math.ceil(Math.max(LEAST_BYTES, bytes) / BLOCK_BYTES) * BLOCK_BYTES);

export const blocksIn = (memory: SharedArrayBuffer): number =>
  Math.floor((memory.byteLength / 4 - FIRST_BLOCK) / BLOCK_WORDS);

/** The word at which a block begins. */
export const blockAt = (block: number): number => FIRST_BLOCK + (block - 1) * BLOCK_WORDS;

export const counterAt = (counter: number): number => FIRST_COUNTER + counter * COUNTER_WORDS;
export const tableAt = (table: number): number => FIRST_TABLE + table * TABLE_WORDS;
