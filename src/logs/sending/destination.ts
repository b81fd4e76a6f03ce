import type { Event } from '../../events/events.ts';
import type { DestinationStatus } from '../../system/log-access.ts';
import { settledWithin } from '../../time/patience.ts';
import type { NumberedRecord } from '../records/record.ts';
import type { DestinationSettings, Sender } from './destination-kind.ts';
import { type Pauses, SendingQueue } from './sending-queue.ts';

/** One destination with its own queue: one that is gone holds up no other. */
export class Destination {
  readonly kind: string;
  readonly settings: DestinationSettings;
  readonly #sender: Sender<unknown>;
  readonly #queue: SendingQueue<unknown>;
  /** The one whose place it takes, until that has stopped. */
  #predecessor: Destination | undefined;

  /** `kind`: of the settings, which that kind has compiled. */
  constructor(
    kind: string,
    settings: DestinationSettings,
    sender: Sender<unknown>,
    pauses: Pauses,
    report: (event: Event) => void,
  ) {
    this.kind = kind;
    this.settings = settings;
    this.#sender = sender;
    this.#queue = new SendingQueue(sender, pauses, report);
  }

  get status(): DestinationStatus {
    const { status } = this.#queue;
    return { ...status, lastError: status.lastError || this.#sender.refusal };
  }

  write(record: NumberedRecord): void {
    const item = this.#sender.itemOf(record);
    if (item !== undefined) this.#queue.push(item);
  }

  /** Takes the place of another one of its kind, with what that had not sent once its last attempt is over. */
  async replace(other: Destination): Promise<void> {
    this.#predecessor = other;
    await other.#stop();
    this.#takeOver();
  }

  /** Ends it when all is sent, or after so many milliseconds. */
  async drain(patience: number): Promise<void> {
    const end = performance.now() + patience;
    await settledWithin(patience, this.#settlePredecessor());
    this.#takeOver();
    await this.#queue.drain(Math.max(0, end - performance.now()));
    this.#sender.close();
  }

  async #stop(): Promise<void> {
    await Promise.all([this.#settlePredecessor(), this.#queue.stop()]);
  }

  async #settlePredecessor(): Promise<void> {
    if (this.#predecessor !== undefined) await this.#predecessor.#stop();
  }

  #takeOver(): void {
    const other = this.#predecessor;
    if (other === undefined) return;
    this.#predecessor = undefined;
    other.#takeOver();
    this.#queue.adopt(other.#queue);
    other.#sender.close();
  }
}
