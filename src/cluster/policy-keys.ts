/** Stands before an id: no name has it. */
const idMark = '\0';

/**
 * What nodes call a policy among themselves: the id that it has on all of them where all share their configuration, which
 * a rename does not change; else its name. Every node has rows of its own.
 */
export class PolicyKeys {
  readonly #policies: ReadonlyMap<number, { readonly name: string }>;
  readonly #sharedId: (policy: number) => string | undefined;
  /** Whether all nodes know them by their ids: as long as one does not, they go by their names. */
  byId = false;
  /** Row ids, as they were when somebody asked. */
  readonly #known = new Map<string, number>();

  /** @param sharedId of a row of this node; undefined: it has none (yet) */
  constructor(
    policies: ReadonlyMap<number, { readonly name: string }>,
    sharedId: (policy: number) => string | undefined,
  ) {
    this.#policies = policies;
    this.#sharedId = sharedId;
  }

  /** Undefined: the policy is gone. */
  keyOf(policy: number): string | undefined {
    const name = this.#policies.get(policy)?.name;
    if (name === undefined) return undefined;
    const id = this.byId ? this.#sharedId(policy) : undefined;
    return id === undefined ? name : `${idMark}${id}`;
  }

  /** The row id of a policy; undefined: there is none here. */
  rowOf(key: string): number | undefined {
    const known = this.#known.get(key);
    if (known !== undefined && this.keyOf(known) === key) return known;
    for (const policy of this.#policies.keys()) {
      if (this.keyOf(policy) !== key) continue;
      this.#known.set(key, policy);
      return policy;
    }
    return undefined;
  }

  /** All that there are, by their row ids. */
  all(): ReadonlyMap<number, string> {
    return new Map([...this.#policies.keys()].map((policy) => [policy, this.keyOf(policy) ?? '']));
  }
}
