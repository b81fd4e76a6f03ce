import type { RowId } from '../../../schemas/content.ts';
import type { Account } from '../../access/account.ts';
import { mayComeFrom } from '../../access/authentication.ts';
import { trustIn } from '../../access/trusted-hosts.ts';
import { doorNow } from '../../model/access-door.ts';
import type { View } from '../../store/view.ts';
import type { Origin, Whence } from '../../system/login.ts';

/** What keeps somebody out: the own key, or address, is not of the account any more, or the door does not take that address. */
export type Obstacle = 'no-key' | 'no-host' | 'no-entry';

/** A place on the network that follows the door: made again under its name, it is another row. */
type OwnWhence = Omit<Whence, 'doorRow'> & { doorRow: RowId | null };

/** The way by which somebody has come in, and what of the configuration would keep them out there now. */
export class WayIn {
  readonly whence: Whence;
  readonly #whence: OwnWhence;
  /** Of the door, as long as there was one. */
  #name = '';

  constructor({ door, doorRow, address }: Origin, key: string | null, view: View) {
    this.#whence = { door, doorRow, address, key };
    this.whence = this.#whence;
    this.follow(view);
  }

  /** To be called after each revision. */
  follow(view: View): void {
    const door = this.#doorIn(view);
    if (door === undefined) return;
    this.#whence.doorRow = door.id;
    this.#name = door.key;
  }

  /**
   * Of an account as it is now. A door that is shut, or gone, takes nobody more, and sends nobody away who came through
   * it.
   */
  obstacles(account: Account, view: View): ReadonlySet<Obstacle> {
    const { address, key } = this.#whence;
    const door = this.#doorIn(view);
    const obstacles = new Set<Obstacle>();
    if (key !== null && !account.keys.includes(key)) obstacles.add('no-key');
    if (!mayComeFrom(account, address)) obstacles.add('no-host');
    if (door !== undefined && address !== null && !trustIn(door.fields)(address)) obstacles.add('no-entry');
    return obstacles;
  }

  #doorIn(view: View): ReturnType<typeof doorNow> {
    const { doorRow } = this.#whence;
    return doorRow === null ? undefined : doorNow(view, { row: doorRow, name: this.#name });
  }
}
