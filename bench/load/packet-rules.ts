import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PacketRules } from '../../src/packet-rules/packet-rules.ts';
import { CaptureReader } from '../../src/packets/capture/capture-reader.ts';
import { readCapture } from '../../src/packets/capture/files.ts';

const tcp = "require('protocol/tcp')\n";

function onTcp(code: string): string {
  return `${tcp}haka.rule{ hooks = { 'tcp-up' }, eval = function(self, pkt) ${code} end }`;
}

/** Files of rules, by what is in them. */
export const ruleText = {
  'no rule': tcp,
  'an empty rule': onTcp(''),
  'a rule that reads fields': onTcp(
    'if pkt.dstport == 81 and pkt.flags.syn and pkt.ip.ttl < 5 and pkt.seq > 7 then pkt:drop() end seen = pkt.window_size',
  ),
  'a rule that reads each request of HTTP': `require('protocol/http')
haka.rule{ hooks = { 'tcp-connection-new' }, eval = function(self, pkt) pkt.next_dissector = 'http' end }
haka.rule{ hooks = { 'http-request' }, eval = function(self, http)
  if http.request.uri:find('admin', 1, true) or not http.request.headers['Host'] then http:drop() end
end }`,
} as const;

/** Runs a file of rules over a capture; gives the number of packets, all of which must pass. */
export async function runRules(rules: string, capture: string): Promise<number> {
  let passed = 0;
  let count = 0;
  const engine = new PacketRules({
    isPassThrough: false,
    level: 'error',
    write: (_, text) => {
      throw new Error(text);
    },
    accept: () => {
      passed++;
    },
  });
  const directory = mkdtempSync(join(tmpdir(), 'levee-rules-'));
  try {
    const path = join(directory, 'rules.lua');
    writeFileSync(path, rules);
    engine.load(path);
  } finally {
    rmSync(directory, { recursive: true });
  }
  const reader = new CaptureReader();
  for await (const records of readCapture(capture, reader)) {
    for (const record of records) engine.take(record);
    count += records.length;
  }
  engine.end();
  if (passed !== count) throw new Error(`of ${count} packets ${passed} passed`);
  return count;
}
