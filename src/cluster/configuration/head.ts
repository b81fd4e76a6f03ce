import { hash } from 'node:crypto';

/** What is said of a shared configuration: the one that all nodes are to run. */
export type Head = {
  /** Of the configurations that have come one from the other, from the first on: two that share nothing are not compared. */
  readonly line: string;
  /** One more than that of the one before. */
  readonly number: number;
  /** When it was written, by the clock of the store, in milliseconds. */
  readonly time: number;
  /** The node on which it was committed, by whom, and from where. */
  readonly node: string;
  readonly author: string;
  readonly origin: string;
  readonly comment: string;
  /** Of its image. */
  readonly digest: string;
};

/** Above 0: the first is newer. No two that differ are equal, so that all nodes have the same order. */
export function compareHeads(one: Head, other: Head): number {
  return (
    one.number - other.number ||
    one.time - other.time ||
    compareTexts(one.node, other.node) ||
    compareTexts(one.line, other.line) ||
    compareTexts(one.digest, other.digest)
  );
}

function compareTexts(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Tells one from all others, also from one that says the same. */
export function headId(head: Head): string {
  return hash(
    'sha256',
    JSON.stringify([head.line, head.number, head.time, head.node, head.digest]),
    'hex',
  ).slice(0, 16);
}

/** Shared revisions that a node may have been away for. */
const longestPast = 1000;

/** Those that a next one comes from: these, and what they come from; the newest first. */
export function pastOf(
  before: readonly { readonly head: Head; readonly past: readonly string[] }[],
): readonly string[] {
  const all = [...before.map(({ head }) => headId(head)), ...before.flatMap(({ past }) => past)];
  return [...new Set(all)].slice(0, longestPast);
}

/** `publish`: its own configuration, as the next. */
export type Step = 'nothing' | 'publish' | 'restore' | 'follow' | 'join';

/**
 * What a node does about the configuration that is in the store.
 *
 * `restore`: the store has lost what this node has, or somebody has written an older one there: it is written again.
 * `follow`: what is there is newer than what this node has. `join`: it is that, and has nothing to do with it.
 *
 * @param standing what this node has taken over or written last; null: nothing yet
 * @param own digest of the configuration that it has now
 * @param there null: the store has none, or none that this node can read
 */
export function nextStep(standing: Head | null, own: string, there: Head | null): Step {
  if (standing === null) return there === null ? 'publish' : 'join';
  const isChanged = own !== standing.digest;
  const order = there === null ? -1 : compareHeads(there, standing);
  if (there !== null && order > 0) return there.line === standing.line ? 'follow' : 'join';
  if (isChanged) return 'publish';
  return order < 0 ? 'restore' : 'nothing';
}

/**
 * How a node takes over what is newer than what it has.
 *
 * `merge`: that comes from what this node has, so that what was committed here since can go into it. `replace`: the
 * store had lost what this node has followed, and somebody has committed meanwhile: the node that it is of will say so.
 * `conflict`: the same, and it is of this node, or this node has changed it. `ask`: they have nothing in common.
 *
 * @param node the name of this one
 * @param past what the newer one comes from
 */
export function wayTo(
  standing: Head | null,
  own: string,
  node: string,
  there: { readonly head: Head; readonly past: readonly string[] },
): 'merge' | 'replace' | 'conflict' | 'ask' {
  if (standing === null || standing.line !== there.head.line) return 'ask';
  if (there.past.includes(headId(standing))) return 'merge';
  return own === standing.digest && standing.node !== node ? 'replace' : 'conflict';
}
