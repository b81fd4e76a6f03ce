/** What the page may take of this process. Times in milliseconds. */
export const pageLimits = {
  /** Without anything that a person does, and in all: then they log in anew. */
  idle: 600_000,
  whole: 8 * 3_600_000,
  /** Between two looks for sessions that are over. */
  look: 1000,
  /** Bytes of what somebody says who has not logged in. */
  login: 16 * 1024,
  /** Lines of one batch, and batches of one session that wait. */
  lines: 1000,
  batches: 4,
  /** What a batch may take, since some commands go on until they are interrupted. */
  batch: 60_000,
  /** Characters of what a batch prints. */
  output: 1024 * 1024,
  /** Live streams of one session, since a browser has six connections for all it asks; of one account; of all. */
  streams: { each: 4, account: 16, all: 64 },
  /** Between two events of one kind, and as many times what it takes to find out what there is. */
  interval: 1000,
  share: 9,
  /** Bytes a second of one stream: larger events come less often. */
  flow: 512 * 1024,
};
