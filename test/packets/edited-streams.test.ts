import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Flag } from '../../src/packets/headers/tcp.ts';
import { Packet } from '../../src/packets/packet.ts';
import { rounds } from '../campaign.ts';
import { readBack } from './chunks.ts';
import { capture, conversation, edited, play, type Side } from './edited-conversations.ts';
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
    { numRuns: rounds(250, 1000) },
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
    { numRuns: rounds(25, 100) },
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
