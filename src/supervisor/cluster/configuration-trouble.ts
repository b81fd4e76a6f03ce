import type { Head } from '../../cluster/configuration/head.ts';
import type { RaisedEvent } from '../../events/events.ts';
import {
  configurationConflict,
  configurationNotFollowed,
  configurationUndecided,
} from '../../events/shared-configuration.ts';
import type { ConfigurationReport } from '../../system/cluster-report.ts';

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
    const told = JSON.stringify([state, reason, head]);
    if (this.#told === told) return;
    this.#told = told;
    const what = { ...(head === null ? { number: 0, node: '', user: '' } : whose(head)), reason };
    if (state === 'conflict') this.#record(configurationConflict({ ...what, here: this.#author() }));
    else if (state === 'undecided') this.#record(configurationUndecided(what));
    else this.#record(configurationNotFollowed(what));
  }
}

/** As events say it. */
export function whose({ number, node, author }: Head): {
  readonly number: number;
  readonly node: string;
  readonly user: string;
} {
  return { number, node, user: author };
}

export function inConflict(conflicts: readonly string[]): Trouble {
  const more = conflicts.length > named ? `, and ${conflicts.length - named} more` : '';
  return { state: 'conflict', reason: `${conflicts.slice(0, named).join('; ')}${more}` };
}

/** What this node had in common with others is not in the store any more, and another one is. */
export function lostMeanwhile(head: Head | undefined): Trouble {
  return { state: 'conflict', reason: `the store had lost shared revision ${head?.number ?? 0}` };
}

export const undecided: Trouble = {
  state: 'undecided',
  reason: 'it has never followed the others, and its own differs',
};

export const understoodOtherwise: Trouble = {
  state: 'refused',
  reason: 'this Levee makes something else of it than the one that has written it',
};
