import { setTimeout } from 'node:timers/promises';
import { endpointText } from '../../net/endpoint.ts';
import type { Reveal } from '../../policy/reading.ts';
import type { NumberedRecord } from '../records/record.ts';
import type { DestinationKind, Sender } from '../sending/destination-kind.ts';
import type { SyslogConnection } from './syslog/connection.ts';
import { openDatagrams } from './syslog/datagrams.ts';
import { syslogMessage } from './syslog/message.ts';
import { type SyslogServer, syslogObjections, syslogServers } from './syslog/settings.ts';
import { openStream } from './syslog/stream.ts';

/** Milliseconds for a server to refuse what it was sent. */
const refusalPatience = 300;

/** Sends messages to one syslog server. */
class SyslogSender implements Sender<Buffer> {
  readonly name: string;
  /** Some 5 MB of records, minutes of a busy day. */
  readonly limit = 10_000;
  readonly batch: number;
  readonly delay = 0;
  /** A syslog server answers nothing. */
  readonly refusal = '';
  readonly way: string;
  readonly #settings: SyslogServer;
  readonly #reveal: Reveal;
  #connection: SyslogConnection | undefined;

  constructor(settings: SyslogServer, reveal: Reveal) {
    const { policyName, server, port, protocol, framing, header, facility, format } = settings;
    this.way = [protocol === 'udp' ? 'datagram' : framing, header, facility, format].join(', ');
    this.#reveal = reveal;
    this.name = `syslog policy "${policyName}", ${endpointText({ address: server, port })} (${protocol})`;
    // A datagram that could not be sent says nothing of the one before it.
    this.batch = protocol === 'udp' ? 1 : 100;
    this.#settings = settings;
  }

  itemOf(record: NumberedRecord): Buffer {
    return syslogMessage(record, this.#settings);
  }

  async send(messages: readonly Buffer[], signal: AbortSignal): Promise<void> {
    if (this.#connection?.isBroken) this.close();
    this.#connection ??= await open(this.#settings, this.#reveal, signal);
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

  /** A server that will not have it says so behind the handshake (TLS 1.3), by an end, or in ICMP. */
  async answer(): Promise<string> {
    await setTimeout(refusalPatience);
    const { failure, peer = '' } = this.#connection ?? {};
    if (failure !== undefined) throw failure;
    return peer;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}

function open(settings: SyslogServer, reveal: Reveal, signal: AbortSignal): Promise<SyslogConnection> {
  const { protocol, server, port } = settings;
  return protocol === 'udp' ? openDatagrams(server, port, signal) : openStream(settings, reveal, signal);
}

/** The servers of syslog policies. */
export default {
  compile: syslogServers,
  objections: syslogObjections,
  open: (settings, reveal) => new SyslogSender(settings, reveal),
} satisfies DestinationKind<SyslogServer, Buffer>;
