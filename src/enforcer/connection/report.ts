import { formatAddress } from '../../net/address.ts';
import type { RelayedConnection, TrafficRecord } from '../../verdict/judge/records.ts';
import type { Incoming } from '../engine/listener.ts';
import type { SocketAddresses } from '../engine/stream.ts';
import type { ConnectionFacts, ConnectionState } from './facts.ts';
import type { StreamPair } from './stream-pair.ts';

/** What reports are made of. */
export interface ReportedConnection {
  readonly facts: ConnectionFacts;
  readonly streams: StreamPair;
  readonly state: ConnectionState;
}

/** A connection as it is now. */
export type ConnectionReport = RelayedConnection & {
  readonly state: ConnectionState;
  /** Milliseconds since it was accepted, or admitted after its PROXY header. */
  readonly age: number;
};

/** Who was judged, and where it came in. */
export type Judged = Pick<Incoming, 'addressText' | 'port' | 'localAddressText' | 'localPort'>;

type Party = { readonly source: string; readonly sourcePort: number };

/** Who was judged: the source that the PROXY header announced where that is the source, else the peer. */
export function sourceOf({ announced, introduction }: ConnectionFacts, ends: SocketAddresses): Party {
  return announced !== null && introduction === 'source'
    ? { source: formatAddress(announced.source), sourcePort: announced.sourcePort }
    : { source: ends.remoteAddress, sourcePort: ends.remotePort };
}

function reached({
  facts: { member },
  streams,
}: ReportedConnection): Pick<RelayedConnection, 'member' | 'memberPort'> {
  return streams.isEstablished && member !== null
    ? { member: member.snapshot.address, memberPort: member.snapshot.port }
    : { member: '', memberPort: 0 };
}

function relayedOf(connection: ReportedConnection, ends: SocketAddresses): RelayedConnection {
  const { facts } = connection;
  return {
    ...sourceOf(facts, ends),
    peer: ends.remoteAddress,
    destination: ends.localAddress,
    destinationPort: ends.localPort,
    ...reached(connection),
    received: facts.received,
    sent: facts.sent,
  };
}

/** The record of a connection that has ended. `policy`: row id. `now` and `time` are the engine's two clocks. */
export function trafficRecordOf(
  connection: ReportedConnection,
  ends: SocketAddresses,
  policy: number,
  now: number,
  time: number,
): TrafficRecord {
  const { cause, openedAt } = connection.facts;
  return {
    ...relayedOf(connection, ends),
    time,
    policy,
    duration: Math.round(now - openedAt),
    cause: cause ?? 'finished',
  };
}

/** `now` on the engine's clock. */
export function connectionReportOf(
  connection: ReportedConnection,
  ends: SocketAddresses,
  now: number,
): ConnectionReport {
  return {
    ...relayedOf(connection, ends),
    state: connection.state,
    age: Math.round(now - connection.facts.openedAt),
  };
}

/** The source that a PROXY header has just announced, and where it came in. */
export function judgedOf({ facts, streams }: ReportedConnection): Judged {
  const ends = streams.clientAddresses() ?? nowhere;
  const { source, sourcePort } = sourceOf(facts, ends);
  return {
    addressText: () => source,
    port: () => sourcePort,
    localAddressText: () => ends.localAddress,
    localPort: () => ends.localPort,
  };
}

const nowhere: SocketAddresses = { remoteAddress: '', remotePort: 0, localAddress: '', localPort: 0 };
