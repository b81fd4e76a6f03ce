import assert from 'node:assert/strict';
import { test } from 'node:test';
import { write16 } from '../../src/net/big-endian.ts';
import { CaptureFile } from '../../src/packets/capture/files.ts';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import { Packet } from '../../src/packets/packet.ts';
import { frame } from '../packets/frames.ts';
import { fields, inDirectory, withTshark } from '../packets/tshark.ts';
import { runRules, talk, tcpHelpers } from './running.ts';

/** As a machine captures what it sends: the network card computes the checksums later. */
function sent(packet: Packet): Packet {
  const { bytes, network, transport, version } = packet;
  if (version === 4) write16(bytes, network + 10, 0);
  write16(bytes, transport + 16, 0x1234);
  return packet;
}

/** The two halves of a packet over IPv4, the second one first. */
function halves(packet: Packet): Packet[] {
  const { bytes, network, transport } = packet;
  return [
    [transport + 48, bytes.length, 6],
    [transport, transport + 48, 0x2000],
  ].map(([start = 0, end = 0, field = 0]) => {
    const part = Buffer.concat([bytes.subarray(0, transport), bytes.subarray(start, end)]);
    write16(part, network + 2, part.length - network);
    write16(part, network + 6, field);
    return new Packet(
      new CaptureRecord(1, packet.seconds, packet.nanoseconds, part.length, Uint8Array.from(part)),
    );
  });
}

const text = 'a text that goes in two parts '.repeat(4);

/** Conversations over IPv4 and IPv6 whose client's packets were captured where they were sent. */
function captured(): Packet[] {
  return ([4, 6] as const).flatMap((version) =>
    talk(text, 'answer').flatMap((segment) => {
      const packet = frame({ ...segment, version });
      const isSent = segment.isFromClient !== false;
      if (isSent) sent(packet);
      return isSent && version === 4 && packet.bytes.length > 100 ? halves(packet) : [packet];
    }),
  );
}

const v6 = "require('protocol/ipv6')\n";
function rule(hook: string, code: string): string {
  return `${tcpHelpers}${v6}haka.rule{ hooks = { '${hook}' }, eval = function(self, pkt) ${code} end }`;
}

const ruleText: Readonly<Record<string, string>> = {
  'no rule': tcpHelpers + v6,
  'a rule that reads': rule('tcp-up', 'pkt:verify_checksum()'),
  'a rule on streams': rule('tcp-connection-up', 'pkt.stream:read()'),
  'a rule that inserts': rule('tcp-connection-up', "if pkt.direction then pkt.stream:insert('more ') end"),
  'a rule that writes': rule('ipv4-up', 'pkt.ttl = 3'),
};

test('tshark finds what leaves right, whatever checksums the capture has', withTshark, () =>
  inDirectory(async (directory) => {
    for (const [name, rules] of Object.entries(ruleText)) {
      const { passed } = runRules(rules, captured());
      const path = `${directory}/out.pcap`;
      const file = CaptureFile.create(path, false);
      for (const packet of passed) assert.equal(await file.write(packet), undefined);
      await file.close();
      const judged = fields(path, 'ip.version', 'ip.checksum.status', 'tcp.checksum.status', 'tcp.len');
      assert.ok(judged.length >= 16);
      // The fragment that comes first has no TCP to be judged; it is with the other.
      const wrong = judged.filter(
        ([version, header, carried]) =>
          (version === '4' && header !== '1') || (carried !== '1' && carried !== ''),
      );
      assert.deepEqual(wrong, [], name);
      assert.ok(judged.filter(([, , carried]) => carried === '1').length >= 16, name);
      assert.ok(
        judged.some(([version, , , length]) => version === '4' && Number(length) >= text.length),
        name,
      );
    }
  }),
);
