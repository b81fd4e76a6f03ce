import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptureFile } from '../../src/packets/capture/files.ts';
import { frame } from '../packets/frames.ts';
import { fields, followed, inDirectory, withTshark } from '../packets/tshark.ts';
import { cut, said, type Turns } from './http-talk.ts';
import { runRules } from './running.ts';

/** A set of rules as people keep them: a filter, a rewriting, a cleaning, a block and statistics. */
const ruleSet = `
require('protocol/ipv4') require('protocol/tcp') local http = require('protocol/http')
local stats = { requests = 0, hosts = {} }

haka.rule{ hooks = { 'tcp-connection-new' }, eval = function(self, pkt)
  if pkt.tcp.dstport == 80 then pkt.next_dissector = 'http' end
end }

local safety = haka.rule_group{ name = 'safety', continue = function(self, http, ret) return not ret end }
safety:rule{ hooks = { 'http-request' }, eval = function(self, http)
  stats.requests = stats.requests + 1
  local host = http.request.headers['Host'] or '-'
  stats.hosts[host] = (stats.hosts[host] or 0) + 1
end }
safety:rule{ hooks = { 'http-request' }, eval = function(self, http)
  if (http.request.headers['User-Agent'] or ''):find('sqlmap') then
    haka.alert{ description = 'a scanner', severity = 'high', sources = haka.alert.address(http.connection.srcip) }
    http:reset()
    return true
  end
end }
safety:rule{ hooks = { 'http-request' }, eval = function(self, http)
  if http.request:split_uri():normalize().path:match('^/admin') then http:drop() end
end }

haka.rule{ hooks = { 'http-request' }, eval = function(self, http)
  http.request.uri = http.request.uri:gsub('^/old/', '/archive/of/all/that/was/')
end }
haka.rule{ hooks = { 'http-response' }, eval = function(self, http)
  http.response.headers['Server'] = nil
  http.response.headers['X-Checked'] = 'yes'
end }
haka.on_exit(function()
  local hosts = {}
  for host, count in pairs(stats.hosts) do hosts[#hosts + 1] = host .. '=' .. count end
  table.sort(hosts)
  print(stats.requests .. ' requests', table.concat(hosts, ' '))
end)`;

function get(uri: string, more = ''): string {
  return `GET ${uri} HTTP/1.1\r\nHost: example.org\r\n${more}\r\n`;
}
function answer(body: string, header = `Content-Length: ${body.length}`): string {
  return `HTTP/1.1 200 OK\r\nServer: Fine/1.2\r\n${header}\r\n\r\n${body}`;
}
function chunked(...parts: readonly string[]): string {
  const chunks = parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
  return answer(`${chunks}0\r\n\r\n`, 'Transfer-Encoding: chunked');
}

const talks: readonly Turns[] = [
  // Split within the URI, and the answer in pieces.
  [...cut('>', get('/old/page'), 7), ...cut('<', answer('x'.repeat(3000)), 1000)],
  // Pipelined.
  [`>${get('/1')}${get('/old/2')}${get('/3')}`, `<${answer('one')}${chunked('tw', 'o')}${answer('three')}`],
  // Chunked in small segments.
  [`>${get('/chunks')}`, ...cut('<', chunked('0123456789', 'abc', 'x'.repeat(40)), 11)],
  // A scanner, which is reset, and somebody who is dropped.
  [`>${get('/', 'User-Agent: sqlmap/1\r\n')}`, `<${answer('never')}`],
  [`>${get('/x/../admin')}`, `<${answer('never')}`],
  // Truncated.
  [`>${get('/old/cut').slice(0, 30)}`],
];

test('a set of rules for HTTP, and what it writes, judged by tshark', withTshark, () =>
  inDirectory(async (directory) => {
    const packets = talks.flatMap((turns, index) =>
      said(turns, { clientPort: 42_000 + index, isCut: index === talks.length - 1 }),
    );
    const { passed, lines } = runRules(ruleSet, packets.map(frame));
    assert.equal(lines.filter((line) => line.includes('description = a scanner')).length, 1);
    assert.equal(lines.at(-1), '7 requests example.org=7');
    const path = `${directory}/http.pcap`;
    const file = CaptureFile.create(path, false);
    for (const packet of passed) assert.equal(await file.write(packet), undefined);
    await file.close();
    const judged = fields(
      path,
      ...['tcp.stream', 'ip.checksum.status', 'tcp.checksum.status', 'tcp.analysis.lost_segment'],
      ...['tcp.analysis.ack_lost_segment', '_ws.malformed', 'http.request.uri', 'http.response.code'],
      ...['http.server', 'http.chunk_size', 'tcp.flags.reset'],
    );
    for (const [stream, ip, tcp, lost, unseen, malformed, , , server] of judged) {
      assert.deepEqual(
        [ip, tcp, lost, unseen, malformed, server],
        ['1', '1', '', '', '', ''],
        `stream ${stream}`,
      );
    }
    const all = (column: number): string[] =>
      judged.flatMap((line) => (line[column] ?? '').split(',')).filter((value) => value !== '');
    const archive = '/archive/of/all/that/was/';
    assert.deepEqual(all(6), [`${archive}page`, '/1', `${archive}2`, '/3', '/chunks']);
    assert.deepEqual(all(7), Array(5).fill('200'));
    assert.deepEqual(all(9), ['2', '1', '0', '10', '3', '40', '0']);
    assert.equal(judged.filter((line) => line[10] === '1' || line[10] === 'True').length, 2);
    const [, [, pipelined] = ['', '']] = followed(path, 2);
    const text = Buffer.from(pipelined, 'hex').toString('latin1');
    assert.equal(text.match(/X-Checked: yes/g)?.length, 3);
  }),
);
