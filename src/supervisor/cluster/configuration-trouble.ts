import type { Head } from '../../cluster/configuration/head.ts';
import type { RaisedEvent } from '../../events/events.ts';
import {
  configurationConflict,
  configurationNotFollowed,
  configurationUndecided,
  configurationUnshareable,
} from '../../events/shared-configuration.ts';
import type { ConfigurationReport } from '../../system/reports/cluster.ts';

/** Milliseconds until what could not be taken over is tried again although nothing has changed. */
const retryInterval = 5000;
/** Conflicts that are named at once. */
const named = 5;

export type Trouble = Pick<ConfigurationReport, 'reason'> & {
  readonly state: Exclude<ConfigurationReport['state'], 'same'>;
};

/** What stands against having the configuration that the others have: said once, however often it is found. */
export class ConfigurationTrouble {
  readonly #record: (event: RaisedEvent) => void;
  /** Who has committed last here. */
  readonly #author: () => string;
  #current: Trouble | null = null;
  /** For what it was found, and when. */
  #of = '';
  #at = 0;
  #told = '';

  constructor(record: (event: RaisedEvent) => void, author: () => string) {
    this.#record = record;
    this.#author = author;
  }

  get current(): Trouble | null {
    return this.#current;
  }

  clear(): void {
    this.#current = null;
    this.#told = '';
  }

  /** Whether it need not be looked for anew, as that was done a moment ago. */
  isKnown(of: string): boolean {
    return this.#current !== null && this.#of === of && performance.now() - this.#at < retryInterval;
  }

  /** What has no event of its own, as it is of no duration, or somebody waits for it. */
  note(trouble: Trouble): void {
    this.#current = trouble;
    this.#of = '';
  }

  /** `head`: what is not taken over; null: nothing of the others. */
  found(trouble: Trouble, head: Head | null, of = ''): void {
    this.#current = trouble;
    this.#of = of;
    this.#at = performance.now();
    const { state, reason } = trouble;
    // Whoever has not decided yet need not hear of each that comes meanwhile.
    const told = JSON.stringify([state, reason, state === 'undecided' ? null : head]);
    if (this.#told === told) return;
    this.#told = told;
    if (head === null) this.#record(configurationUnshareable({ reason }));
    else if (state === 'conflict')
      this.#record(configurationConflict({ ...whose(head), reason, here: this.#author() }));
    else if (state === 'undecided') this.#record(configurationUndecided({ ...whose(head), reason }));
    else this.#record(configurationNotFollowed({ ...whose(head), reason }));
  }
}

/** As events say it. */
export function whose({ number, node, author }: Head): Pick<Head, 'number' | 'node' | 'author'> {
  return { number, node, author };
}

/** `head`: what is in the store. */
export function inConflict({ author, node }: Head, conflicts: readonly string[]): Trouble {
  const more = conflicts.length > named ? `, and ${conflicts.length - named} more` : '';
  const what = `${conflicts.slice(0, named).join('; ')}${more}`;
  return { state: 'conflict', reason: `"${author}" on node "${node}" has changed the same: ${what}` };
}

/** What this node had in common with others is not in the store any more. */
export function lostMeanwhile({ author, node }: Head, before: Head | undefined): Trouble {
  const lost = `the store had lost shared revision ${before?.number ?? 0} of this node`;
  return { state: 'conflict', reason: `${lost}, and "${author}" on node "${node}" has committed meanwhile` };
}

export const undecided: Trouble = {
  state: 'undecided',
  reason: 'it has never followed the others, and its own differs',
};

export const incomplete: Trouble = {
  state: 'refused',
  reason: 'what is in the store does not belong together',
};

export const understoodOtherwise: Trouble = {
  state: 'refused',
  reason: 'this Levee makes something else of it than the one that has written it',
};
