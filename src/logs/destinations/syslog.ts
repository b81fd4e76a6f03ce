import { endpointText } from '../../net/endpoint.ts';
import type { NumberedRecord } from '../records/record.ts';
import type { DestinationKind, Sender } from '../sending/destination-kind.ts';
import type { SyslogConnection } from './syslog/connection.ts';
import { openDatagrams } from './syslog/datagrams.ts';
import { syslogMessage } from './syslog/message.ts';
import { type SyslogServer, syslogServers } from './syslog/settings.ts';
import { openStream } from './syslog/stream.ts';

/** Sends messages to one syslog server. */
class SyslogSender implements Sender<Buffer> {
  readonly name: string;
  /** Some 5 MB of records, minutes of a busy day. */
  readonly limit = 10_000;
  readonly batch: number;
  readonly delay = 0;
  /** A syslog server answers nothing. */
  readonly refusal = '';
  readonly #settings: SyslogServer;
  #connection: SyslogConnection | undefined;

  constructor(settings: SyslogServer) {
    const { policyName, server, port, protocol } = settings;
    this.name = `syslog policy "${policyName}", ${endpointText({ address: server, port })} (${protocol})`;
    // A datagram that could not be sent says nothing of the one before it.
    this.batch = protocol === 'udp' ? 1 : 100;
    this.#settings = settings;
  }

  itemOf(record: NumberedRecord): Buffer {
    return syslogMessage(record, this.#settings.format);
  }

  async send(messages: readonly Buffer[], signal: AbortSignal): Promise<void> {
    if (this.#connection?.isBroken) this.close();
    this.#connection ??= await open(this.#settings, signal);
    const close = (): void => this.close();
    signal.addEventListener('abort', close);
    try {
      await this.#connection.send(messages);
    } catch (error) {
      this.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', close);
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}

function open(settings: SyslogServer, signal: AbortSignal): Promise<SyslogConnection> {
  const { protocol, server, port } = settings;
  return protocol === 'udp' ? openDatagrams(server, port, signal) : openStream(settings, signal);
}

/** The servers of syslog policies. */
export default {
  compile: syslogServers,
  objections: () => [],
  open: (settings) => new SyslogSender(settings),
} satisfies DestinationKind<SyslogServer, Buffer>;
