import type { Engine } from './engine.ts';

/**
 * Gathers what happens in a flood: the first is sent at once, those that follow within the interval together at its
 * end.
 */
export class Batch<Item> {
  private readonly engine: Pick<Engine, 'now' | 'after'>;
  private readonly interval: number;
  private readonly send: (items: readonly Item[]) => void;
  private items: Item[] = [];
  private sentAt = Number.NEGATIVE_INFINITY;
  private isWaiting = false;

  /** `interval` in milliseconds. */
  constructor(
    engine: Pick<Engine, 'now' | 'after'>,
    interval: number,
    send: (items: readonly Item[]) => void,
  ) {
    this.engine = engine;
    this.interval = interval;
    this.send = send;
  }

  add(item: Item): void {
    this.items.push(item);
    if (this.isWaiting) return;
    const wait = this.sentAt + this.interval - this.engine.now();
    if (wait <= 0) {
      this.flush();
    } else {
      this.isWaiting = true;
      this.engine.after(wait, () => this.flush());
    }
  }

  private flush(): void {
    this.isWaiting = false;
    this.sentAt = this.engine.now();
    const items = this.items;
    this.items = [];
    this.send(items);
  }
}
