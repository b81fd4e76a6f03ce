import { formatAddress } from '../../net/address.ts';
import type { RelayedConnection, TrafficRecord } from '../../verdict/judge/records.ts';
import type { SocketAddresses } from '../engine/engine.ts';
import type { Judged } from '../worker/apply-verdict.ts';
import type { ConnectionReport } from '../worker/messages.ts';
import type { Connection } from './connection.ts';

type Party = { readonly source: string; readonly sourcePort: number };

/** Who was judged: the source that the PROXY header announced where that is the source, else the peer. */
export function sourceOf({ announced, introduction }: Connection, ends: SocketAddresses): Party {
  return announced !== null && introduction === 'source'
    ? { source: formatAddress(announced.source), sourcePort: announced.sourcePort }
    : { source: ends.remoteAddress, sourcePort: ends.remotePort };
}

function reached({ established, place }: Connection): Pick<RelayedConnection, 'member' | 'memberPort'> {
  return established && place !== null
    ? { member: place.snapshot.address, memberPort: place.snapshot.port }
    : { member: '', memberPort: 0 };
}

function relayedOf(connection: Connection, ends: SocketAddresses): RelayedConnection {
  return {
    ...sourceOf(connection, ends),
    peer: ends.remoteAddress,
    destination: ends.localAddress,
    destinationPort: ends.localPort,
    ...reached(connection),
    received: connection.received,
    sent: connection.sent,
  };
}

/** The record of a connection that has ended. `now` and `time` are the engine's two clocks. */
export function trafficRecordOf(
  connection: Connection,
  ends: SocketAddresses,
  now: number,
  time: number,
): TrafficRecord {
  return {
    ...relayedOf(connection, ends),
    time,
    policy: connection.policy.id,
    duration: Math.round(now - connection.openedAt),
    cause: connection.cause ?? 'finished',
  };
}

/** A connection as it is now. */
export function connectionReportOf(
  connection: Connection,
  ends: SocketAddresses,
  now: number,
): ConnectionReport {
  return {
    ...relayedOf(connection, ends),
    state: connection.state,
    age: Math.round(now - connection.openedAt),
  };
}

/** Who is behind a header that has just come, and where it came in. */
export function judgedOf(connection: Connection): Judged {
  const ends = connection.keepEnds() ?? nowhere;
  const { source, sourcePort } = sourceOf(connection, ends);
  return {
    addressText: () => source,
    port: () => sourcePort,
    localAddressText: () => ends.localAddress,
    localPort: () => ends.localPort,
  };
}

const nowhere: SocketAddresses = { remoteAddress: '', remotePort: 0, localAddress: '', localPort: 0 };
