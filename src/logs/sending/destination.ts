import type { Event } from '../../events/events.ts';
import type { DestinationStatus } from '../../system/log-access.ts';
import type { NumberedRecord } from '../records/record.ts';
import type { DestinationSettings, Sender } from './destination-kind.ts';
import { type Pauses, SendingQueue } from './sending-queue.ts';

/** One destination with its own queue: one that is gone holds up no other. */
export class Destination {
  readonly settings: DestinationSettings;
  readonly #sender: Sender<unknown>;
  readonly #queue: SendingQueue<unknown>;

  constructor(
    settings: DestinationSettings,
    sender: Sender<unknown>,
    pauses: Pauses,
    report: (event: Event) => void,
  ) {
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

  /** Takes the place of another one of its kind, with what that had not sent. */
  async replace(other: Destination): Promise<void> {
    const unsent = await other.#queue.stop();
    other.#sender.close();
    this.#queue.adopt(unsent);
  }

  /** Ends it when all is sent, or after so many milliseconds. */
  async drain(patience: number): Promise<void> {
    await this.#queue.drain(patience);
    this.#sender.close();
  }
}
