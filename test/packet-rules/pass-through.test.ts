import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frame } from '../packets/frames.ts';
import { runRules, talk, tcpHelpers } from './running.ts';

/** What would change a packet, by the hook that it is tried in. */
const writeCalls: Readonly<Record<string, readonly string[]>> = {
  'raw-up': ['pkt[9] = 3', 'pkt:resize(30)', 'ipv4.create(pkt)'],
  'ipv4-up': [
    'pkt.ttl = 3',
    "pkt.src = ipv4.addr('192.0.2.7')",
    'pkt.flags.df = false',
    'pkt.payload[1] = 0',
    'pkt.payload:resize(40)',
    'pkt:compute_checksum()',
    'pkt.raw[9] = 3',
    'tcp.create(pkt)',
  ],
  'tcp-up': [
    'pkt.seq = 3',
    'pkt.flags.syn = true',
    'pkt.payload:resize(40)',
    'pkt:compute_checksum()',
    'pkt.ip.ttl = 3',
  ],
};

const all = Object.entries(writeCalls).map(
  ([hook, writes]) => `haka.rule{ hooks = { '${hook}' }, eval = function(self, pkt)
    ${writes.map((code) => `refused(function() ${code} end)`).join('\n')}
  end }`,
);

const refused = `local function refused(write)
  local ok, message = pcall(write)
  if ok or not message:find('operation not supported %(pass%-through mode%)$') then print(ok, message) end
end\n`;

test('in pass-through mode nothing that was captured can be written to, and all leaves as it came', () => {
  // With data in each, and checksums that are wrong.
  const packets = talk().map((segment) => frame({ ...segment, payload: Buffer.from('text') }));
  for (const { bytes, network, transport } of packets) bytes[network + 10] = bytes[transport + 17] = 1;
  const before = packets.map(({ bytes }) => Buffer.from(bytes).toString('hex'));
  const { lines, passed } = runRules(
    `${tcpHelpers}require('protocol/raw') haka.disable_dissector('tcp-connection')\n${refused}${all.join('\n')}`,
    packets,
    { isPassThrough: true },
  );
  assert.deepEqual(lines, []);
  assert.deepEqual(
    passed.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
    before,
  );
});

test('packets of rules can be written to all the same, and leave right', () => {
  const { lines, passed } = runRules(
    `${tcpHelpers}local once = true
     haka.rule{ hooks = { 'tcp-connection-new' }, eval = function(self, pkt)
       if not once then return end
       once = false
       local made = tcp.create(ipv4.create(haka.packet.new(40)))
       made.ip.src, made.ip.dst = pkt.connection.srcip, pkt.connection.dstip
       made.srcport, made.dstport, made.flags.syn = 7, 80, true
       made.payload:resize(3)
       made:send()
     end }`,
    talk().slice(0, 1),
    { isPassThrough: true },
  );
  assert.deepEqual(lines, []);
  assert.equal(passed.length, 2);
  const made = passed.find(({ tcp }) => tcp?.sourcePort === 7);
  assert.equal(made?.tcp?.verifyChecksum() && made.ipv4?.verifyChecksum(), true);
});
