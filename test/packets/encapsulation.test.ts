import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import type { Wanted } from '../../src/packets/encapsulation/locate.ts';
import { UnreadPackets } from '../../src/packets/encapsulation/unread.ts';
import { Packet } from '../../src/packets/packet.ts';
import { pcap } from './capture-files.ts';
import { envelopes, ethernet } from './envelopes.ts';
import { frame, reread, tcpOf } from './frames.ts';
import { fields, inDirectory, withTshark } from './tshark.ts';

function packetOf(linkType: number, bytes: Uint8Array, wanted?: Wanted): Packet {
  return new Packet(new CaptureRecord(linkType, 0, 0, bytes.length, bytes), wanted);
}

const ip = frame({ payload: Buffer.from('abcd') }).bytes.subarray(14);

test('TCP is found in everything that may stand around it', () => {
  for (const [name, linkType, pack] of envelopes) {
    const packet = packetOf(linkType, pack(ip));
    assert.equal(packet.tcp && Buffer.from(packet.tcp.payload).toString(), 'abcd', name);
    assert.equal(tcpOf(packet).verifyChecksum(), true, name);
  }
});

test('a packet that is not changed leaves as it came, whatever stands around it', () => {
  for (const [name, linkType, pack] of envelopes) {
    const packet = packetOf(linkType, pack(ip));
    packet.finish();
    assert.deepEqual(Buffer.from(packet.bytes), Buffer.from(pack(ip)), name);
  }
});

test('what stands around a packet that becomes longer or shorter says so', () => {
  for (const text of ['', 'something longer']) {
    const payload = Buffer.from(text);
    for (const [name, linkType, pack] of envelopes) {
      const packet = packetOf(linkType, pack(ip));
      assert.equal(tcpOf(packet).replacePayload(payload), true);
      packet.finish();
      const expected = pack(frame({ payload }).bytes.subarray(14));
      assert.deepEqual(Buffer.from(reread(packet).bytes), Buffer.from(expected), name);
    }
  }
});

test('of a tunnel without TCP the outermost packet is seen, or the innermost', () => {
  const icmp = ip.slice().with(9, 1);
  for (const [name, linkType, pack] of envelopes.filter(([each]) => /GRE|VXLAN|IP in IP/.test(each))) {
    const bytes = pack(icmp);
    assert.notEqual(packetOf(linkType, bytes).protocol, 1, name);
    assert.equal(packetOf(linkType, bytes, 'innermost').protocol, 1, name);
  }
});

test('tshark finds the same', withTshark, () =>
  inDirectory(async (directory) => {
    for (const linkType of new Set(envelopes.map(([, type]) => type))) {
      const path = join(directory, `${linkType}.pcap`);
      // What labels carry tshark has to be told.
      const own = envelopes.filter(([name, type]) => type === linkType && !name.includes('pseudowire'));
      const records = own.map(([, , pack]) => ({ seconds: 1, fraction: 0, bytes: pack(ip) }));
      writeFileSync(path, pcap(true, false, linkType, records));
      const found = fields(path, 'tcp.srcport', 'tcp.len').map((line) => line.join(' '));
      assert.deepEqual(
        found,
        own.map(() => '40000 4'),
        own.map(([name]) => name).join(', '),
      );
    }
  }),
);

test('what may hold TCP and is not read is counted and named, the most frequent first', () => {
  const unread = new UnreadPackets();
  const taken: readonly (readonly [number, Uint8Array, number])[] = [
    [105, ip, 3],
    [1, ethernet(0x88e5, ip), 2],
    [101, ip.slice().with(9, 50), 4],
    [101, ip.subarray(0, 30), 1],
    // UDP, ARP, LLDP and spanning trees are what they are.
    [101, ip.slice().with(9, 17), 1],
    [1, ethernet(0x0806, ip), 1],
    [1, ethernet(0x88cc, ip), 1],
    [1, ethernet(38, Uint8Array.of(0x42, 0x42, 3)), 1],
  ];
  for (const [linkType, bytes, count] of taken)
    for (let index = 0; index < count; index++) unread.take(packetOf(linkType, bytes));
  assert.deepEqual(unread.notes, [
    '4 packets are not read: IP protocol 50 (ESP)',
    '3 packets are not read: link type 105 (IEEE 802.11)',
    '2 packets are not read: EtherType 0x88e5 (MACsec)',
    '1 packet is not read: TCP header cut short',
  ]);
});
