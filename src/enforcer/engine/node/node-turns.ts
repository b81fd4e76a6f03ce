import { monotonicNow } from '../clock.ts';

/** Milliseconds after which somebody is asked. */
const longestWait = 3;

/** Node serves all events that it has fetched, a thousand at once, before anything else has its turn. */
export class NodeTurns {
  #ask: () => void = () => undefined;
  #askedLast = 0;

  whenWaiting(ask: () => void): void {
    this.#ask = ask;
  }

  /** To be called at the beginning of an event, before anything is done about it: whoever is asked may close what it is of. */
  atEvent(): void {
    const now = monotonicNow();
    if (now - this.#askedLast < longestWait) return;
    this.#askedLast = now;
    this.#ask();
  }
}
