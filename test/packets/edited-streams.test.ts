import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flag } from '../../src/packets/headers/tcp.ts';
import { Packet } from '../../src/packets/packet.ts';
import { Acknowledgements, type Reading } from '../../src/packets/streams/acknowledgements.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { readBack } from './chunks.ts';
import { capture, captureBeside, conversation, edited, play, type Side } from './edited-conversations.ts';
import { SERVER_PORT, tcpOf } from './frames.ts';
import { Noise } from './noise.ts';
import { Receiver } from './receiver.ts';

test('what each receiver puts together is the edited stream', () => {
  fc.assert(
    fc.property(conversation, fc.option(fc.nat()), (tried, seed) => {
      const { packets, lost } = capture(tried);
      const written = play(asRead(packets, seed), tried);
      const receivers = {
        client: new Receiver(tried.client.initial),
        server: new Receiver(tried.server.initial),
      };
      for (const packet of written) {
        const tcp = tcpOf(packet);
        assert.equal(tcp.verifyChecksum(), true);
        assert.equal(packet.ipv4?.verifyChecksum(), true);
        const [own, other] =
          tcp.destinationPort === SERVER_PORT
            ? [receivers.client, receivers.server]
            : [receivers.server, receivers.client];
        if (lost.has(packet.time)) own.miss(tcp);
        else own.take(tcp);
        if (tcp.has(Flag.ack)) other.checkAcknowledgement(tcp.acknowledgement);
      }
      for (const name of ['client', 'server'] as const) {
        assert.deepEqual(Buffer.from(receivers[name].text()), Buffer.from(edited(tried[name])), name);
        assert.equal(receivers[name].hasEnded, true, `FIN of the ${name}`);
      }
    }),
    { numRuns: rounds(50, 1000) },
  );
});

const wholly = conversation.map((drawn) => ({
  ...drawn,
  holds: false,
  client: { ...drawn.client, fates: ['arrives' as const] },
  server: { ...drawn.server, fates: ['arrives' as const] },
}));

test('beside an editor each end gets the edited text, and acknowledgements of its own', () => {
  fc.assert(
    fc.property(wholly, fc.boolean(), (tried, isTold) => {
      const { packets } = captureBeside(tried);
      const sent = packets.map((packet) => [packet.time, packet.clone()] as const);
      const decided: Reading[] = [];
      const acknowledgements = new Acknowledgements(isTold ? 'edited' : undefined, (reading) =>
        decided.push(reading),
      );
      // What the capture shows too late it has shown all the same.
      if (!isTold)
        play(
          packets.map((packet) => packet.clone()),
          tried,
          acknowledgements,
        );
      assert.ok(!decided.includes('captured'));
      const written = play(packets, tried, isTold ? acknowledgements : new Acknowledgements('edited'));
      const receivers = {
        client: new Receiver(tried.client.initial),
        server: new Receiver(tried.server.initial),
      };
      const senders = {
        client: new Receiver(tried.client.initial),
        server: new Receiver(tried.server.initial),
      };
      const last = { client: 0, server: 0 };
      for (const packet of written) {
        const tcp = tcpOf(packet);
        const [own, other] =
          tcp.destinationPort === SERVER_PORT
            ? (['client', 'server'] as const)
            : (['server', 'client'] as const);
        receivers[own].take(tcp);
        while ((sent[0]?.[0] ?? Number.POSITIVE_INFINITY) <= packet.time) {
          const captured = sent.shift()?.[1];
          if (captured === undefined) break;
          const side = tcpOf(captured).destinationPort === SERVER_PORT ? 'client' : 'server';
          senders[side].miss(tcpOf(captured));
        }
        if (!tcp.has(Flag.ack)) continue;
        senders[other].checkAcknowledgement(tcp.acknowledgement);
        last[other] = tcp.acknowledgement;
      }
      for (const name of ['client', 'server'] as const) {
        const { initial, data } = tried[name];
        assert.deepEqual(Buffer.from(receivers[name].text()), Buffer.from(edited(tried[name])), name);
        assert.equal(receivers[name].hasEnded, true, `FIN of the ${name}`);
        assert.equal(last[name], (initial + data.length + 2) >>> 0, `the ${name} is acknowledged`);
      }
    }),
    { numRuns: rounds(50, 1000) },
  );
});

test('an ordinary capture is never taken for one beside an editor', () => {
  fc.assert(
    fc.property(wholly, (tried) => {
      const decided: Reading[] = [];
      play(
        capture(tried).packets,
        tried,
        new Acknowledgements(undefined, (reading) => decided.push(reading)),
      );
      assert.ok(!decided.includes('edited'));
    }),
    { numRuns: rounds(50, 1000) },
  );
});

test('an unchanged conversation leaves as it came, apart from acknowledgements that were ahead', () => {
  fc.assert(
    fc.property(conversation, fc.option(fc.nat()), (drawn, seed) => {
      const tried = {
        ...drawn,
        reach: 0,
        holds: false,
        client: plain(drawn.client),
        server: plain(drawn.server),
      };
      const { packets } = capture(tried);
      const before = packets.map((packet) => Buffer.from(packet.bytes).toString('hex'));
      const after = play(asRead(packets, seed), tried).map((packet) =>
        Buffer.from(packet.bytes).toString('hex'),
      );
      assert.deepEqual(after, before);
    }),
    { numRuns: rounds(12, 100) },
  );
});

/** As they are when they come out of a file, if there is a seed. */
function asRead(packets: readonly Packet[], seed: number | null): readonly Packet[] {
  return seed === null
    ? packets
    : [...readBack(packets, new Noise(seed))].map((record) => new Packet(record));
}

function plain(side: Side): Side {
  return { ...side, edits: [], again: [], fates: ['arrives'] };
}
