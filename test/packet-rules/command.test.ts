import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CaptureReader } from '../../src/packets/capture/capture-reader.ts';
import { CaptureFile } from '../../src/packets/capture/files.ts';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import { Packet } from '../../src/packets/packet.ts';
import { frame, SERVER_PORT } from '../packets/frames.ts';
import { commandHere, type Given } from '../running/command-here.ts';
import { launcher } from '../running/levee.ts';
import { talk, tcpHelpers } from './running.ts';

const folder = mkdtempSync(join(tmpdir(), 'levee-hakapcap-'));
after(() => rmSync(folder, { recursive: true }));

function path(name: string): string {
  return join(folder, name);
}
const capture = path('talk.pcap');
const file = CaptureFile.create(capture, false);
for (const segment of talk()) assert.equal(await file.write(frame(segment)), undefined);
await file.close();
function rulesFile(name: string, text: string): string {
  writeFileSync(path(name), text);
  return path(name);
}
const empty = rulesFile('empty.lua', tcpHelpers);

type Ended = { readonly status: number; readonly output: string; readonly error: string };

// Files are named as somebody would who stands in the folder, where it is another time than in a capture.
const home = process.cwd();
process.chdir(folder);
after(() => process.chdir(home));
process.env['TZ'] = 'Europe/Paris';

async function hakapcap(words: readonly string[], given?: Given): Promise<Ended> {
  const environment = { LEVEE_STATE_DIR: path('no-state') };
  const { status, stdout, stderr } = await commandHere(['hakapcap', ...words], environment, given);
  return { status, output: stdout.toString('latin1'), error: stderr.toString('latin1') };
}

test('a run: log lines, exit status and an output that is the same as the capture', async () => {
  const { status, output, error } = await hakapcap(['-o', 'out.pcap', 'talk.pcap', 'empty.lua']);
  assert.deepEqual([status, error], [0, '']);
  assert.deepEqual(output.split('\n'), [
    "info  core: load module 'packet/pcap'",
    "info  core: load module 'alert/stdout'",
    "info  core: loading rule file 'empty.lua'",
    'info  core: initializing thread 0',
    "info  pcap: openning file 'talk.pcap'",
    "info  core: registering new dissector: 'raw'",
    "info  core: registering new dissector: 'ipv4'",
    "info  core: registering new dissector: 'tcp'",
    "info  core: registering new dissector: 'tcp-connection'",
    'warn  core: no registered rule',
    '',
    'info  core: starting single threaded processing',
    '',
    "info  core: unload module 'packet/pcap'",
    "info  core: unload module 'alert/stdout'",
    '',
  ]);
  assert.deepEqual(readFileSync(path('out.pcap')), readFileSync(capture));
  assert.equal(existsSync(path('no-state')), false);
});

test('from standard input, with options behind the operands', async () => {
  const rules = rulesFile(
    'bytes.lua',
    `${tcpHelpers}haka.rule{ hooks = { 'tcp-up' }, eval = function(self, pkt) if #pkt.payload > 0 then print(string.char(0xeb)) end end }`,
  );
  const { status, output } = await hakapcap(['-', rules, '-d'], readFileSync(capture));
  assert.equal(status, 0);
  assert.equal(output.split('\n').filter((line) => line === '\xeb').length, 2);
  assert.ok(output.includes('debug packet: received packet id=1, len=40\n'));
  assert.ok(output.includes("debug rule:           entering hook 'tcp-up'\n"));
});

test('--pass-through is told, and holds', async () => {
  const rules = rulesFile(
    'insert.lua',
    `${tcpHelpers}haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt) pkt.stream:insert('x') end }`,
  );
  const { status, output } = await hakapcap(['--pass-through', capture, rules]);
  assert.equal(status, 0);
  assert.match(output, /^info {2}core: setting packet mode to pass-through\n\n/m);
  assert.match(output, /^error core: *operation not supported \(pass-through mode\)$/m);
});

test('help and version', async () => {
  for (const option of ['-h', '--help']) {
    const { status, output } = await hakapcap([option]);
    assert.equal(status, 0);
    assert.match(output, /^Usage: levee hakapcap [\s\S]*CAPTURE RULES\.lua\n/);
  }
  const { status, output } = await hakapcap(['--version']);
  assert.deepEqual([status, /^hakapcap of Levee \d+\.\d+\.\d+\n$/.test(output)], [0, true]);
});

test('wrong usage: 2', async () => {
  for (const words of [
    [],
    [capture],
    [capture, empty, 'more'],
    ['--no-such', capture, empty],
    ['-o'],
    ['-o', '-', capture, empty],
    ['--luadebug', capture, empty],
    ['--memory', '0', capture, empty],
  ]) {
    const { status, error } = await hakapcap(words);
    assert.equal(status, 2, words.join(' '));
    assert.match(error, /^levee: /);
  }
  assert.equal(existsSync(path('-')), false);
});

test('what can not begin: 1, and why', async () => {
  writeFileSync(path('no.pcap'), 'this is a text');
  const wrong = rulesFile('wrong.lua', 'x x');
  const failing = rulesFile('failing.lua', 'error("on purpose")');
  const loop = rulesFile('loop.lua', 'while true do end');
  for (const [words, message] of [
    [['missing.pcap', empty], /^fatal core: can't read 'missing\.pcap': no such file$/m],
    [[capture, 'missing.lua'], /^fatal core: can't read 'missing\.lua': no such file$/m],
    [['.', empty], /^fatal core: can't read '\.': a directory$/m],
    [[capture, '.'], /^fatal core: can't read '\.': a directory$/m],
    [[capture, '/dev/zero'], /^fatal core: can't read '\/dev\/zero': larger than a file of rules may be$/m],
    [['no.pcap', empty], /^fatal core: no\.pcap: this is no pcap or pcapng capture$/m],
    [[capture, wrong], /^fatal core: .*wrong\.lua:1: syntax error near 'x'$/m],
    [[capture, failing], /^fatal core: .*failing\.lua:1: on purpose$/m],
    [
      ['--instructions', '1000000', capture, loop],
      /^fatal core: .*loop\.lua:1: a rule took more instructions than it may: see --instructions$/m,
    ],
    [
      ['-o', 'no/such/folder.pcap', capture, empty],
      /^fatal core: can't write 'no\/such\/folder\.pcap': no such file$/m,
    ],
    [['-o', '.', capture, empty], /^fatal core: can't write '\.': a directory$/m],
    [
      ['-o', '/dev/full', capture, empty],
      /^fatal core: can't write '\/dev\/full': no space left on device$/m,
    ],
  ] as const) {
    const { status, error } = await hakapcap(words);
    assert.equal(status, 1, words.join(' '));
    assert.match(error, message);
  }
});

test('a capture in the place of the rules is told, with the order', async () => {
  const { status, error } = await hakapcap([empty, capture]);
  assert.equal(status, 1);
  assert.match(
    error,
    /^fatal core: '.*talk\.pcap' is a capture, not a file of rules: the capture comes first, then the rules$/m,
  );
});

test('--check loads the rules, and names what is not there', async () => {
  const good = rulesFile(
    'good.lua',
    `${tcpHelpers}local helper = require('helper')
     local function twice(x) return 2 * x end
     count = 0
     if haka.no_such then haka.no_such() end
     haka.rule{ hooks = { 'tcp-up' }, eval = function(self, pkt)
       count = count + twice(helper.one) haka.log.info('a', '%d', tcp.create and count) own.value = 1
     end }
     own = {}
     local http = require('protocol/http')
     haka.rule{ hooks = { 'http-request' }, eval = function(self, http) http.request.uri = '/' print(http.request.uri) end }`,
  );
  rulesFile('helper.lua', 'return { one = 1 }');
  const well = await hakapcap(['--check', good]);
  assert.deepEqual([well.status, well.error], [0, '']);
  assert.match(well.output, /^info {2}core: 1 rule\(s\) on hook 'tcp-up'$/m);
  assert.match(well.output, /^info {2}core: the rules load$/m);
  assert.doesNotMatch(well.output, /does not exist/);
  const bad = rulesFile(
    'bad.lua',
    `${tcpHelpers}haka.rule{ hooks = { 'tcp-up', 'smtp-command' }, eval = function(self, pkt)
       haka.log.inform('x') string.explode(pkt.x, ',') tcp.destroy(pkt) conut = conut + 1 helpme()
       local d = ipv4.addr(pkt) print(d, table.concat({}), nosuch.field)
     end }`,
  );
  const { status, output, error } = await hakapcap(['--check', bad]);
  assert.equal(status, 1);
  assert.match(output, /^warn {2}core: 1 rule\(s\) on unknown hook 'smtp-command'$/m);
  assert.deepEqual(
    [...output.matchAll(/bad\.lua:(\d+): '(\S+)' does not exist$/gm)].map(
      ([, line, name]) => `${line} ${name}`,
    ),
    ['4 haka.log.inform', '4 string.explode', '4 tcp.destroy', '4 helpme', '5 nosuch.field'],
  );
  assert.match(error, /^fatal core: the rules load, and use 6 things that nothing has$/m);
  const broken = await hakapcap(['--check', rulesFile('broken.lua', 'x x')]);
  assert.deepEqual([broken.status, /broken\.lua:1: syntax error/.test(broken.error)], [1, true]);
  assert.equal((await hakapcap(['--check', capture, good])).status, 2);
});

test('--modules: folders of shared modules, and nothing beside them', async () => {
  mkdirSync(path('shared/deep'), { recursive: true });
  mkdirSync(path('more'));
  rulesFile('shared/one.lua', "return 'one'");
  rulesFile('shared/deep/two.lua', "return 'two'");
  rulesFile('more/three.lua', "return 'three'");
  rulesFile('more/one.lua', "return 'another'");
  symlinkSync(path('empty.lua'), path('more/linked.lua'));
  const rules = rulesFile(
    'modules.lua',
    "print(require('one'), require('deep.two'), require('three')) print(pcall(require, 'linked')) print(pcall(require, 'shared/../no'))",
  );
  const { status, output } = await hakapcap([
    '--modules',
    'shared',
    '--modules',
    path('more'),
    capture,
    rules,
  ]);
  assert.equal(status, 0);
  assert.match(output, /^one two three$/m);
  assert.match(
    output,
    /^false module 'linked' not found: no file 'linked\.lua' in the folder of the rules, nor in those of --modules$/m,
  );
  assert.equal((await hakapcap([capture, rules])).status, 1);
});

test('captures that were joined are read through, and mixed link types are all written', async () => {
  const whole = readFileSync(capture);
  writeFileSync(path('joined.pcap'), Buffer.concat([whole, whole, whole]));
  const joined = await hakapcap(['-o', 'out.pcap', 'joined.pcap', empty]);
  assert.equal(joined.status, 0);
  assert.equal(packetsOf('out.pcap').length, 3 * talk().length);
  const mixed = CaptureFile.create(path('mixed.pcapng'), true, true);
  const raw = frame({ flags: 2, clientPort: 41_000 });
  const records = [
    frame({ flags: 2 }),
    new Packet(new CaptureRecord(101, 5, 7, 40, raw.bytes.slice(raw.network))),
  ];
  for (const record of records) assert.equal(mixed.write(record), undefined);
  await mixed.close();
  // The interface of the second packet is not described before the first: what is written first has one link type.
  const file = readFileSync(path('mixed.pcapng'));
  const [first, second] = packetsOf('mixed.pcapng');
  assert.deepEqual([first?.linkType, second?.linkType, second?.nanoseconds], [1, 101, 7]);
  assert.ok(file.length > 100);
  const { status, output } = await hakapcap(['-o', 'mixed-out', 'mixed.pcapng', empty]);
  assert.deepEqual([status, output.includes("can't stand")], [0, false]);
  assert.deepEqual(
    packetsOf('mixed-out').map(({ linkType, tcp }) => [linkType, tcp?.sourcePort]),
    [
      [1, 40_000],
      [101, 41_000],
    ],
  );
});

test('another link type that comes late is written too', async () => {
  const much = CaptureFile.create(path('late.pcap'), false);
  const payload = Buffer.alloc(1400);
  for (let index = 0; index < 400; index++) {
    const written = much.write(frame({ flags: 16, payload }));
    if (written instanceof Promise) await written;
  }
  await much.close();
  const other = CaptureFile.create(path('other.pcap'), false);
  const like = frame({ flags: 2 });
  assert.equal(other.write(new CaptureRecord(101, 5, 0, 40, like.bytes.slice(like.network))), undefined);
  await other.close();
  writeFileSync(
    path('late.pcap'),
    Buffer.concat([readFileSync(path('late.pcap')), readFileSync(path('other.pcap'))]),
  );
  const { status, output } = await hakapcap(['-o', 'late-out', 'late.pcap', rulesFile('none.lua', '')]);
  assert.deepEqual([status, output.includes("can't stand")], [0, false]);
  const written = packetsOf('late-out');
  assert.deepEqual([written.length, written.at(-1)?.linkType], [401, 101]);
});

function packetsOf(name: string): Packet[] {
  const reader = new CaptureReader();
  reader.add(readFileSync(path(name)));
  const packets: Packet[] = [];
  for (let record = reader.next(); record !== undefined; record = reader.next())
    packets.push(new Packet(record));
  reader.end();
  assert.equal(reader.problem, undefined);
  return packets;
}

test('log lines that can not be written end it, with a reason', () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(launcher, ['hakapcap', capture, empty], {
    encoding: 'latin1',
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  assert.deepEqual([status, stderr], [1, "levee: can't write to standard output: no space left on device\n"]);
});

test('the output replaces neither the capture nor the rules, by whatever name', async () => {
  linkSync(capture, path('linked.pcap'));
  symlinkSync(empty, path('linked.lua'));
  const module = rulesFile('module.lua', 'return 1');
  const requiring = rulesFile('requiring.lua', "require('module')");
  const before = [capture, empty, module].map((name) => readFileSync(name));
  for (const [output, what, words] of [
    [capture, 'capture', [capture, empty]],
    ['./talk.pcap', 'capture', ['talk.pcap', empty]],
    ['linked.pcap', 'capture', [capture, empty]],
    [empty, 'rules', [capture, empty]],
    ['linked.lua', 'rules', [capture, empty]],
    ['module.lua', 'rules', [capture, requiring]],
  ] as const) {
    const { status, error } = await hakapcap(['-o', output, ...words]);
    assert.deepEqual([status, error], [1, `fatal core: the output '${output}' would replace the ${what}\n`]);
  }
  const { status } = await hakapcap(['-o', 'linked.pcap', '-', empty], { file: capture });
  assert.equal(status, 1);
  assert.deepEqual(
    [capture, empty, module].map((name) => readFileSync(name)),
    before,
  );
});

test('a capture that ends in the middle: what came before is written, and the exit status is 1', async () => {
  writeFileSync(path('cut.pcap'), readFileSync(capture).subarray(0, -5));
  const { status, output } = await hakapcap(['-o', 'cut-out.pcap', 'cut.pcap', empty]);
  assert.equal(status, 1);
  assert.match(output, /^error pcap: cut\.pcap: the capture ends in the middle of a record \(byte \d+\)$/m);
  const written = readFileSync(path('cut-out.pcap'));
  assert.deepEqual(written, readFileSync(capture).subarray(0, written.length));
});

test('lines and packets come while packets do, and an interrupt leaves the end to who writes them', async () => {
  const rules = rulesFile(
    'live.lua',
    `${tcpHelpers}haka.rule{ hooks = { 'tcp-up' }, eval = function(self, pkt) print('port', pkt.srcport) end }
     haka.on_exit(function() print('the end') end)`,
  );
  const child = spawn(launcher, ['hakapcap', '-o', path('live.pcap'), '-', rules], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const bytes = readFileSync(capture);
  let output = '';
  const seen = Promise.withResolvers<void>();
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    output += text;
    if (output.includes('port 80\n')) seen.resolve();
  });
  const ended = once(child, 'close');
  child.stdin.write(bytes.subarray(0, 200));
  await Promise.race([seen.promise, ended]);
  assert.ok(!output.includes('the end'));
  // Who reads the output has what has come.
  assert.deepEqual(
    readFileSync(path('live.pcap')),
    bytes.subarray(0, readFileSync(path('live.pcap')).length),
  );
  assert.ok(readFileSync(path('live.pcap')).length > 140);
  child.kill('SIGINT');
  child.stdin.end(bytes.subarray(200));
  const [status] = await ended;
  assert.equal(status, 0);
  assert.equal(output.match(/^port \d+$/gm)?.length, 8);
  assert.match(output, /^the end$/m);
});

test('full packets out of a file that a rule makes longer are sent in pieces that follow each other', async () => {
  const answer = 'a'.repeat(1460);
  const long = CaptureFile.create(path('long.pcap'), false);
  for (const segment of talk('hello', answer)) assert.equal(await long.write(frame(segment)), undefined);
  await long.close();
  const inserted = Array.from({ length: 1200 }, (_, index) => `${index} `.padStart(5)).join('');
  const rules = rulesFile(
    'longer.lua',
    `${tcpHelpers}haka.rule{ hooks = { 'tcp-connection-up' }, eval = function(self, pkt)
      if not pkt.direction and pkt.stream:available() > 0 then pkt.stream:insert('${inserted}') end
    end }`,
  );
  assert.equal((await hakapcap(['-o', 'longer.pcap', 'long.pcap', rules])).status, 0);
  const sent: string[] = [];
  const reader = new CaptureReader();
  reader.add(readFileSync(path('longer.pcap')));
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    const { tcp } = new Packet(record);
    if (tcp === undefined || tcp.sourcePort !== SERVER_PORT || tcp.payloadLength === 0) continue;
    assert.equal(tcp.sequence, 501 + sent.join('').length);
    assert.equal(tcp.verifyChecksum(), true);
    sent.push(Buffer.from(tcp.payload).toString());
  }
  assert.equal(sent.length, 6);
  assert.equal(sent.join(''), inserted + answer);
});
