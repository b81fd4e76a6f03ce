import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CapturedConnection } from '../../src/packets/connections/captured-connection.ts';
import { ConnectionTable } from '../../src/packets/connections/connection-table.ts';
import { KeptConnections } from '../../src/packets/connections/kept-connections.ts';
import { Flag } from '../../src/packets/headers/tcp.ts';
import type { Packet } from '../../src/packets/packet.ts';
import { CapturedConnections } from '../../src/replay/capture/captured-connections.ts';
import type { ConnectionEvent } from '../../src/replay/capture/connection-event.ts';
import { rounds } from '../campaign.ts';
import { frame, type Segment } from '../packets/frames.ts';
import fc from '../property.ts';

type Followed = { readonly number: number; hasSpoken: boolean; isOpen: boolean };

/** Events by the connection table that everything else of captures is followed with; numbers are never used again. */
function byTable(packets: readonly Packet[], idleTimeout: number, limit: number): readonly unknown[] {
  const events: unknown[] = [];
  let [count, begunBefore, evicted] = [0, 0, 0];
  const close = ({ data }: CapturedConnection<Followed>, time: number): void => {
    if (data?.isOpen !== true) return;
    data.isOpen = false;
    events.push(['closed', time, data.number]);
  };
  const table = new ConnectionTable(new KeptConnections<Followed>(), {
    limit,
    timeouts: { established: idleTimeout, 'half-closed': idleTimeout },
    pickUp: true,
    onEstablished: (connection, time) => {
      if (connection.isPickedUp) {
        begunBefore++;
        return;
      }
      connection.data = { number: count++, hasSpoken: false, isOpen: true };
      const { clientAddress, clientPort, serverAddress, serverPort } = connection;
      const ends = [[...clientAddress], clientPort, [...serverAddress], serverPort];
      events.push(['opened', time, connection.data.number, ...ends]);
      if (!connection.client.isHeard) return;
      connection.data.hasSpoken = true;
      events.push(['spoke', time, connection.data.number]);
    },
    onEnded: (connection, cause, time) => {
      if (cause === 'evicted' && connection.data?.isOpen === true) evicted++;
      close(connection, time);
    },
  });
  for (const packet of packets) {
    const { tcp } = packet;
    assert.ok(tcp !== undefined);
    const connection = table.track(packet, tcp);
    const data = connection?.data;
    if (connection === undefined || data === undefined || !data.isOpen) continue;
    if (!data.hasSpoken && tcp.payloadLength > 0 && connection.isFromClient(packet)) {
      data.hasSpoken = true;
      events.push(['spoke', packet.time, data.number]);
    }
    if (connection.state === 'closing') close(connection, packet.time);
  }
  return [...events, begunBefore, evicted];
}

function byNumbers(packets: readonly Packet[], idleTimeout: number, limit: number): readonly unknown[] {
  const events: unknown[] = [];
  const numbers = new Map<number, number>();
  let count = 0;
  const connections = new CapturedConnections(
    idleTimeout,
    (event: ConnectionEvent) => {
      if (event.kind === 'opened') {
        assert.ok(!numbers.has(event.connection), 'no two that are open have the same number');
        assert.ok(event.connection < limit);
        numbers.set(event.connection, count++);
        const { source, sourcePort, destination, destinationPort } = event;
        const ends = [[...source], sourcePort, [...destination], destinationPort];
        events.push(['opened', event.time, numbers.get(event.connection), ...ends]);
        return;
      }
      events.push([event.kind, event.time, numbers.get(event.connection)]);
      if (event.kind === 'closed') numbers.delete(event.connection);
    },
    limit,
  );
  for (const packet of packets) connections.take(packet);
  const noted = (pattern: RegExp): number =>
    Number(connections.notes.map((note) => pattern.exec(note)?.[1]).find((each) => each !== undefined) ?? 0);
  return [...events, noted(/^(\d+) connections had begun/), noted(/^(\d+) connections were given up/)];
}

const { syn, ack, fin, rst } = Flag;
/** Numbers around the wrap, so that what is near is near. */
const numbers = fc.constantFrom(0xffff_fffe, 0xffff_ffff, 0, 1, 2, 3, 70_000);
const ends = {
  version: fc.constantFrom(4 as const, 4 as const, 6 as const),
  client: fc.constantFrom(1, 2, 3, 0xf000_0001),
  // The second is the server's own: then only addresses tell who is who.
  clientPort: fc.constantFrom(40_000, 80, 65_535),
};

/** A segment out of nowhere, or what two ends say in order. */
const segments = fc
  .array(
    fc.record({
      ...ends,
      isFromClient: fc.boolean(),
      sequence: numbers,
      acknowledgement: numbers,
      flags: fc.constantFrom(syn, syn | ack, ack, ack, fin | ack, fin | ack, rst, rst | ack, 0),
      payload: fc.constantFrom(new Uint8Array(0), new Uint8Array(1), new Uint8Array(3)),
      wait: fc.constantFrom(0, 0, 1, 1000, 30_000, 61_000, 400_000, -5000),
      isHandshake: fc.boolean(),
    }),
    { minLength: 1, maxLength: 120 },
  )
  .map((steps) => {
    let time = 0;
    return steps.flatMap(({ wait, isHandshake, ...segment }): Segment[] => {
      time = Math.max(0, time + wait);
      if (!isHandshake) return [{ ...segment, time }];
      const { version, client, clientPort, sequence, acknowledgement } = segment;
      const who = { version, client, clientPort, time };
      const [mine, yours] = [(sequence + 1) >>> 0, (acknowledgement + 1) >>> 0];
      return [
        { ...who, flags: syn, sequence },
        { ...who, isFromClient: false, flags: syn | ack, sequence: acknowledgement, acknowledgement: mine },
        { ...who, flags: ack, sequence: mine, acknowledgement: yours },
      ];
    });
  });

test('connections in tables of numbers are followed as those of the connection table', () => {
  fc.assert(
    fc.property(
      segments,
      fc.constantFrom(1000, 300_000, 3_600_000),
      fc.constantFrom(1, 2, 5, 1000),
      (given, idleTimeout, limit) => {
        const packets = given.map((segment) => frame(segment));
        assert.deepEqual(
          byNumbers(packets, idleTimeout, limit),
          byTable(
            given.map((segment) => frame(segment)),
            idleTimeout,
            limit,
          ),
        );
      },
    ),
    { numRuns: rounds(50, 400) },
  );
});

test('a client has spoken when its server has taken what came with the SYN', () => {
  const kinds = (taken: number): readonly unknown[] => {
    const seen: string[] = [];
    const connections = new CapturedConnections(300_000, ({ kind }) => seen.push(kind));
    for (const segment of [
      { flags: syn, sequence: 100, payload: Buffer.from('GET') },
      { isFromClient: false, flags: syn | ack, sequence: 500, acknowledgement: taken },
      { flags: ack, sequence: taken, acknowledgement: 501 },
    ]) {
      connections.take(frame(segment));
    }
    return seen;
  };
  assert.deepEqual(kinds(104), ['opened', 'spoke']);
  assert.deepEqual(kinds(101), ['opened']);
});
