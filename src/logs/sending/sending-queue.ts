import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Event } from '../../events/events.ts';
import { recordsDropped, recordsLost, recordsSentAgain } from '../../events/logs.ts';
import type { DestinationStatus } from '../../system/log-access.ts';
import { messageOf } from '../../text/reason.ts';
import { settledWithin } from '../../time/patience.ts';
import type { Sender } from './destination-kind.ts';

/** Milliseconds before the first new attempt, twice as long before each further one, up to `longest`. */
export type Pauses = { readonly first: number; readonly longest: number };

/** What a queue needs of the way to its destination. */
type Way<Item> = Pick<Sender<Item>, 'name' | 'limit' | 'batch' | 'delay' | 'send'>;

/**
 * Items on their way to one destination, which may be slow or gone: in order, tried again, and never more than its limit.
 * What comes when so many wait is dropped: of an attack its beginning tells the most.
 */
export class SendingQueue<Item> {
  readonly #way: Way<Item>;
  readonly #pauses: Pauses;
  readonly #report: (event: Event) => void;
  readonly #items: Item[] = [];
  /** `stopped`: what it has left is another queue's to take. `ended`: it has none left, and takes none. */
  #state: 'open' | 'draining' | 'stopped' | 'ended' = 'open';
  #working: Promise<void> | undefined;
  /** Ends the pause that is on. */
  #wake = new AbortController();
  /** Ends the attempt that is on. */
  readonly #ending = new AbortController();
  #sent = 0;
  #dropped = 0;
  /** Of the dropped ones, those of which nobody was told how many they are. */
  #untold = 0;
  #lastError = '';

  constructor(way: Way<Item>, pauses: Pauses, report: (event: Event) => void) {
    this.#way = way;
    this.#pauses = pauses;
    this.#report = report;
  }

  get status(): DestinationStatus {
    return {
      destination: this.#way.name,
      sent: this.#sent,
      queued: this.#items.length,
      dropped: this.#dropped,
      lastError: this.#lastError,
    };
  }

  push(item: Item): void {
    if (this.#isStopped) {
      // That it has ended was reported, and the report may come here itself.
      this.#dropped += 1;
    } else if (this.#items.length < this.#way.limit) {
      this.#items.push(item);
      this.#begin();
    } else {
      this.#drop(1);
    }
  }

  /** Begins no further attempt. Resolves when the one is over that is on, if one is. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#wake.abort();
    await this.#working;
  }

  /** Takes what another queue has left that was stopped, before all that came here, and ends that queue. */
  adopt(other: SendingQueue<Item>): void {
    this.#items.unshift(...other.#items.splice(0));
    this.#untold += other.#untold;
    other.#untold = 0;
    other.#end();
    if (this.#state !== 'stopped') this.#drop(this.#items.splice(this.#way.limit).length);
    this.#begin();
  }

  /** Ends it when all is sent, or after so many milliseconds; what is left then is dropped and reported. */
  async drain(patience: number): Promise<void> {
    if (this.#state === 'ended') return;
    this.#state = 'draining';
    this.#begin();
    this.#wake.abort();
    await settledWithin(patience, this.#working);
    this.#end();
  }

  #drop(items: number): void {
    if (items === 0) return;
    const isNew = this.#untold === 0;
    this.#dropped += items;
    this.#untold += items;
    if (!isNew) return;
    const reason = this.#lastError || 'they come faster than they can be sent';
    this.#report(recordsDropped({ destination: this.#way.name, reason }));
  }

  #end(): void {
    this.#state = 'ended';
    this.#wake.abort();
    this.#ending.abort();
    const left = this.#items.splice(0).length;
    const dropped = this.#untold + left;
    this.#dropped += left;
    this.#untold = 0;
    if (dropped > 0) this.#report(recordsLost({ destination: this.#way.name, dropped }));
  }

  get #isStopped(): boolean {
    return this.#state === 'stopped' || this.#state === 'ended';
  }

  #begin(): void {
    if (this.#working !== undefined || this.#items.length === 0 || this.#isStopped) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
      // Something may have come while the dropped ones were reported.
      this.#begin();
    });
  }

  async #work(): Promise<void> {
    const { batch, delay } = this.#way;
    let pause = this.#pauses.first;
    // What one message of a worker brings goes together.
    await setImmediate();
    if (this.#state === 'open') await this.#pause(delay);
    while (this.#items.length > 0 && !this.#isStopped) {
      const items = this.#items.slice(0, batch);
      try {
        await this.#way.send(items, this.#ending.signal);
        this.#items.splice(0, items.length);
        this.#sent += items.length;
        this.#lastError = '';
        pause = this.#pauses.first;
        if (this.#items.length === 0) this.#reportSentAgain();
      } catch (error) {
        this.#lastError = messageOf(error);
        await this.#pause(pause);
        pause = Math.min(pause * 2, this.#pauses.longest);
      }
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    if (milliseconds === 0 || this.#isStopped) return;
    this.#wake = new AbortController();
    const options = { signal: this.#wake.signal, ref: false };
    // It rejects when it is woken, and for nothing else.
    await setTimeout(milliseconds, undefined, options).catch(() => undefined);
  }

  #reportSentAgain(): void {
    const dropped = this.#untold;
    this.#untold = 0;
    if (dropped > 0) this.#report(recordsSentAgain({ destination: this.#way.name, dropped }));
  }
}
