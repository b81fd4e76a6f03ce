import { join } from 'node:path';
import { PacketRules } from '../../src/packet-rules/packet-rules.ts';
import { PcapWriter } from '../../src/packets/capture/pcap-writer.ts';
import type { Packet } from '../../src/packets/packet.ts';
import { recordsOf } from '../packets/chunks.ts';
import { reread } from '../packets/frames.ts';
import { withFiles } from './running.ts';

/** Rules that read everything and change what they like. Numbers come from their own generator. */
function rules(seed: number): string {
  return `
local ipv4, tcp = require('protocol/ipv4'), require('protocol/tcp') require('protocol/ipv6')
local state = ${seed}
local function below(n) state = (state * 16807) % 2147483647 return state % n end
local fields = { 'srcport', 'dstport', 'seq', 'ack_seq', 'res', 'hdr_len', 'window_size', 'checksum', 'urgent_pointer' }
local headers = { 'version', 'hdr_len', 'tos', 'len', 'id', 'frag_offset', 'ttl', 'proto' }
local flags = { 'fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ecn', 'cwr' }
local function rule(hook, eval) haka.rule{ hooks = { hook }, eval = eval } end
rule('ipv4-up', function(self, pkt)
  for _, name in ipairs(headers) do assert(type(pkt[name]) == 'number') end
  if below(40) == 0 then pkt[headers[below(#headers) + 1]] = below(70000) end
  if below(40) == 0 then pkt.payload:resize(below(100)) end
  if #pkt.payload > 0 then pkt.payload[below(#pkt.payload) + 1] = pkt.payload[1] end
  pkt:verify_checksum()
end)
for _, hook in ipairs{ 'tcp-up', 'tcp-down' } do rule(hook, function(self, pkt)
  for _, name in ipairs(fields) do assert(type(pkt[name]) == 'number') end
  for _, name in ipairs(flags) do assert(type(pkt.flags[name]) == 'boolean') end
  if below(40) == 0 then pkt[fields[below(#fields) + 1]] = below(70000) end
  if below(60) == 0 then pkt.payload:resize(below(3000)) end
  if below(200) == 0 and pkt.ip.dissector == 'ipv4' then
    local payload = pkt.payload
    pkt.ip[headers[below(#headers) + 1]] = below(70000)
    if below(2) == 0 then pkt.ip.payload:resize(below(100)) end
    payload:resize(below(100))
  end
  pkt:verify_checksum() pkt:getconnection()
  if below(60) == 0 then pkt:drop() end
  if below(60) == 0 then error('now') end
end) end
rule('tcp-connection-up', function(self, pkt)
  local s, d = pkt.stream, pkt.connection.data
  for _ = 1, below(6) do
    local what = below(12)
    if what < 2 then s:insert(string.rep('x', below(4000)))
    elseif what < 4 then s:erase(below(50))
    elseif what < 6 then s:read(below(50))
    elseif what == 6 and not d.mark then d.mark = s:mark()
    elseif what == 7 and d.mark and d.stream == s then s:seek(d.mark, true) d.mark = nil
    elseif what == 8 then s:advance(below(20)) d.stream = s
    elseif what == 9 and below(20) == 0 then pkt:reset()
    elseif what == 10 and below(20) == 0 then pkt:drop()
    elseif what == 11 and below(10) == 0 then
      local made = tcp.create(ipv4.create(haka.packet.new(below(100))))
      made.flags.syn = below(2) == 0 made.dstport = 80 made:send()
    end
  end
end)`;
}

/** The errors that these rules may run into. */
const expected =
  /now$|no TCP header any more$|can't have so many bytes$|read-only at|too many packets|holds as much|mark is released|tcp_stream_mark is gone/;

/** Over IPv4, where there is no route to the end that nobody knows. */
function hasWrongChecksum({ ipv4, tcp, problem }: Packet): boolean {
  return (
    ipv4 !== undefined &&
    problem?.startsWith('IP') !== true &&
    (!ipv4.verifyChecksum() || tcp?.verifyChecksum() === false)
  );
}

/** What rules have made of a file that came in chunks. */
export type Made = {
  /** All that passed, as it would be written, by link types. */
  readonly written: Uint8Array;
  /** Errors that these rules should not run into. */
  readonly unexpected: readonly string[];
};

/** Runs rules that change everything over a file. @throws where it can't be written */
export function runChangingRules(chunks: Iterable<Uint8Array>, seed: number): Made {
  const writers = new Map<number, PcapWriter>();
  const written: Uint8Array[] = [];
  const unexpected: string[] = [];
  const engine = new PacketRules({
    isPassThrough: false,
    level: 'error',
    write: (_, text) => {
      if (!expected.test(text.trimEnd())) unexpected.push(text);
    },
    accept: (packet) => {
      const writer = writers.get(packet.linkType) ?? new PcapWriter(packet.linkType, false);
      writers.set(packet.linkType, writer);
      const bytes = writer.record(packet);
      if (!(bytes instanceof Uint8Array)) throw new Error(bytes.message);
      if (hasWrongChecksum(reread(packet))) unexpected.push('a wrong checksum');
      written.push(bytes);
    },
  });
  withFiles({ 'rules.lua': rules(seed) }, (folder) => engine.load(join(folder, 'rules.lua')));
  for (const record of recordsOf(chunks)) engine.take(record);
  engine.end();
  return { written: Buffer.concat(written), unexpected };
}
