import type { RowId } from '../../../schemas/content.ts';
import { type Account, endOfAccess } from '../../access/account.ts';
import { allows, type Requirement } from '../../access/permissions.ts';
import { accountOf } from '../../model/account.ts';
import type { Author } from '../../store/author.ts';
import type { Need } from './context.ts';
import { ends } from './messages.ts';
import type { SessionServices } from './services.ts';

type OwnNeed = { readonly requirement: Requirement; isLost: boolean; readonly release: () => void };

/** Sees what others make of the account of a session while that lasts. */
export class AccountWatch {
  readonly #services: Pick<SessionServices, 'author' | 'configuration'>;
  readonly #ended: (reason: string) => void;
  readonly #forbidden: () => void;
  readonly #unwatch: () => void;
  /** The account as it was when the session began, or when this session changed it last. */
  #account: Account | undefined;
  readonly #needs = new Set<OwnNeed>();

  /**
   * @param ended called with the reason why the session must end
   * @param forbidden called when the running command needs what the account may no longer do
   */
  constructor(services: SessionServices, ended: (reason: string) => void, forbidden: () => void) {
    const { administrator, configuration } = services;
    this.#services = services;
    this.#ended = ended;
    this.#forbidden = forbidden;
    if (administrator !== null) this.#account = accountOf(configuration.view, administrator);
    this.#unwatch =
      administrator === null
        ? () => undefined
        : configuration.onRevision((author) => this.#revised(author, administrator));
  }

  /** Says what the running command needs until that is released. */
  needs(requirement: Requirement): Need {
    const need: OwnNeed = { requirement, isLost: false, release: () => void this.#needs.delete(need) };
    this.#needs.add(need);
    return need;
  }

  stop(): void {
    this.#unwatch();
  }

  /** Somebody has committed, perhaps what this session was allowed to do. */
  #revised(author: Author, administrator: RowId): void {
    const { configuration, author: self } = this.#services;
    const now = accountOf(configuration.view, administrator);
    if (author === self) this.#account = now ?? this.#account;
    // A command that takes something from its own author is done.
    const lost = author === self ? [] : [...this.#needs].filter((need) => isLost(need, now));
    for (const need of lost) need.isLost = true;
    // Of an account that was gone before its session began there is nothing to compare with.
    const end = this.#account === undefined ? 'deleted' : endOfAccess(this.#account, now);
    if (end !== undefined) this.#ended(ends[end](self.name, author.name));
    else if (lost.length > 0) this.#forbidden();
  }
}

function isLost({ requirement }: OwnNeed, now: Account | undefined): boolean {
  return now === undefined || !allows(now.permissions, requirement);
}
