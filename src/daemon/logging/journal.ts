import type { Event } from '../../events/events.ts';
import type { EventSink } from '../../logs/logs.ts';

type Waiting = { readonly event: Event; readonly time: number };

/**
 * What happens in this process, for the event log. Until the log is open, events wait here: most commands that are run
 * once have none, and then need not load what writes them.
 */
export class Journal {
  #sink: EventSink | undefined;
  #waiting: Waiting[] = [];

  record(event: Event): void {
    const time = Date.now();
    if (this.#sink === undefined) this.#waiting.push({ event, time });
    else this.#sink.event(event, time);
  }

  /** From now on events go there, with those that have waited first. Null: they wait again. */
  open(sink: EventSink | null): void {
    this.#sink = sink ?? undefined;
    if (sink === null) return;
    for (const { event, time } of this.#waiting.splice(0)) sink.event(event, time);
  }

  /** Whether something waits that is worth opening the log for: that someone came and went is not, by itself. */
  get isWaiting(): boolean {
    return this.#waiting.some(({ event: { type } }) => type !== 'login' && type !== 'logout');
  }
}
