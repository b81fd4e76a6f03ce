/** What the kernel refuses: by set, by address as nft writes it, when that ends (milliseconds of a monotonic clock). */
export type Elements = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** One address of one set that is to be otherwise than it is. */
export type Change = {
  readonly set: string;
  readonly address: string;
  /** It is there, and has to go first. */
  readonly removes: boolean;
  /** Its end from now on; null: it is not to be there. */
  readonly until: number | null;
};

/** Milliseconds by which the end of an element may be off: nft lists some ends in whole seconds. */
const tolerance = 1500;
/** An element with less time left is left to end by itself: it could be gone before it is removed, which fails. */
const soonOver = 500;

const prefix = 'blocked';

/** The set of a policy for the address family of an address. */
export function setName(policy: number, address: string): string {
  return `${prefix}${policy}v${address.includes(':') ? 6 : 4}`;
}

export function isBlockedSet(name: string): boolean {
  return name.startsWith(prefix);
}

/** The sets of a policy by their names, and how they are made. */
export function blockedSets(policy: number): readonly (readonly [name: string, definition: string])[] {
  return [
    [setName(policy, '0.0.0.0'), 'type ipv4_addr; flags timeout; counter;'],
    [setName(policy, '::'), 'type ipv6_addr; flags timeout; counter;'],
  ];
}

/** What has to change, so that the kernel refuses what it is to refuse. What ends soon is left alone. */
export function changesBetween(held: Elements, wanted: Elements, now: number): readonly Change[] {
  const changes: Change[] = [];
  for (const [set, elements] of held) {
    for (const [address, until] of elements) {
      const end = wanted.get(set)?.get(address) ?? null;
      if (until - now <= soonOver) continue;
      if (end === null || end <= now) changes.push({ set, address, removes: true, until: null });
      else if (Math.abs(end - until) > tolerance) changes.push({ set, address, removes: true, until: end });
    }
  }
  for (const [set, elements] of wanted) {
    for (const [address, until] of elements) {
      const isThere = (held.get(set)?.get(address) ?? now) > now;
      if (!isThere && until > now) changes.push({ set, address, removes: false, until });
    }
  }
  return changes;
}

/**
 * The commands of nft(8) for these changes, none of which may have ended: all of them or none take effect.
 *
 * @param now on the clock of their ends
 */
export function elementCommands(table: string, changes: readonly Change[], now: number): string {
  const removed = bySet(
    changes.filter(({ removes }) => removes),
    ({ address }) => address,
  );
  const added = bySet(
    changes.filter(({ until }) => until !== null),
    ({ address, until }) => `${address} timeout ${Math.max(1, Math.round((until ?? now) - now))}ms`,
  );
  return [...commands('delete', table, removed), ...commands('add', table, added)].join('');
}

function bySet(changes: readonly Change[], element: (change: Change) => string): Map<string, string[]> {
  const sets = new Map<string, string[]>();
  for (const change of changes) {
    const elements = sets.get(change.set) ?? [];
    sets.set(change.set, elements);
    elements.push(element(change));
  }
  return sets;
}

function commands(verb: string, table: string, sets: ReadonlyMap<string, readonly string[]>): string[] {
  return [...sets].map(
    ([set, elements]) => `${verb} element inet ${table} ${set} { ${elements.join(', ')} }\n`,
  );
}
