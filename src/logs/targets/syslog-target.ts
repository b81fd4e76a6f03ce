import type { Event } from '../../events/events.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { SyslogServer } from '../../policy/logging.ts';
import type { NumberedRecord } from '../records/record.ts';
import { type Pauses, SendingQueue, type TargetStatus } from './sending-queue.ts';
import { openDatagrams } from './syslog-datagrams.ts';
import { framed, syslogMessage } from './syslog-message.ts';
import { openStream } from './syslog-stream.ts';

/** A way to a server. */
export type SyslogConnection = {
  /** It will take no more messages. */
  readonly isBroken: boolean;
  /** Resolves when the system has taken them; rejects where it will not take all. */
  send(messages: readonly Buffer[]): Promise<void>;
  close(): void;
};

/** Some 5 MB of records, minutes of a busy day. */
const limit = 10_000;
const batch = 100;

/** One syslog server, with its own queue: a server that is gone holds up no other. */
export class SyslogTarget {
  readonly settings: SyslogServer;
  readonly #queue: SendingQueue<Buffer>;
  #connection: SyslogConnection | undefined;

  constructor(settings: SyslogServer, pauses: Pauses, report: (event: Event) => void) {
    this.settings = settings;
    const { policyName, server, port, protocol } = settings;
    this.#queue = new SendingQueue<Buffer>({
      target: `syslog policy "${policyName}", ${endpointText({ address: server, port })} (${protocol})`,
      limit,
      // A datagram that could not be sent says nothing of the one before it.
      batch: protocol === 'udp' ? 1 : batch,
      pauses,
      delay: 0,
      send: (messages) => this.#send(messages),
      report,
    });
  }

  get status(): TargetStatus {
    return this.#queue.status;
  }

  write(record: NumberedRecord): void {
    this.#queue.push(syslogMessage(record, this.settings.format));
  }

  /** Takes the place of another target, with what that had not sent. */
  async succeed(other: SyslogTarget): Promise<void> {
    const left = await other.#queue.stop();
    other.#close();
    this.#queue.adopt(left);
  }

  async drain(patience: number): Promise<void> {
    await this.#queue.drain(patience);
    this.#close();
  }

  async #send(messages: readonly Buffer[]): Promise<void> {
    if (this.#connection?.isBroken) this.#close();
    this.#connection ??= await open(this.settings);
    try {
      await this.#connection.send(messages);
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  #close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}

async function open(settings: SyslogServer): Promise<SyslogConnection> {
  if (settings.protocol === 'udp') return openDatagrams(settings.server, settings.port);
  const stream = await openStream(settings);
  return {
    get isBroken() {
      return stream.isBroken;
    },
    send: (messages) => stream.write(Buffer.concat(messages.map(framed))),
    close: () => stream.close(),
  };
}
