import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { write32 } from '../../src/net/big-endian.ts';
import { PacketRules } from '../../src/packet-rules/packet-rules.ts';
import { RulesStopped } from '../../src/packet-rules/rules/errors.ts';
import { connectionCost } from '../../src/packet-rules/traffic/tracked-connection.ts';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import { Flag } from '../../src/packets/headers/tcp.ts';
import { MemoryBudget } from '../../src/packets/streams/memory-budget.ts';
import { streamCost } from '../../src/packets/streams/stream-account.ts';
import { rounds } from '../campaign.ts';
import { frame, reread, type Segment } from '../packets/frames.ts';
import { talk, tcpHelpers, withFiles } from './running.ts';

const KB = 1024;
const CLIENT_ADDRESS = 26;

class Flooded {
  readonly budget: MemoryBudget;
  readonly lines: string[] = [];
  passed = 0;
  readonly #engine: PacketRules;

  constructor(rules: string, bytes: number) {
    this.budget = new MemoryBudget(bytes);
    this.#engine = new PacketRules({
      isPassThrough: false,
      level: 'warn',
      write: (_, text) => this.lines.push(...text.trimEnd().split('\n')),
      accept: () => this.passed++,
      limits: { call: { instructions: 1_000_000, milliseconds: 60_000 }, memory: 4 * KB * KB },
      budget: this.budget,
    });
    withFiles({ 'rules.lua': `${tcpHelpers}${rules}` }, (folder) =>
      this.#engine.load(join(folder, 'rules.lua')),
    );
  }

  take(...segments: readonly Segment[]): void {
    for (const segment of segments) this.record(reread(frame(segment)));
  }

  record(record: CaptureRecord): void {
    this.#engine.take(record);
    assert.ok(this.budget.used <= this.budget.limit && this.budget.used >= 0, `${this.budget.used}`);
    assert.ok(this.budget.fixed <= this.budget.used);
  }

  end(): void {
    this.#engine.end();
  }
}

function rule(hook: string, code: string): string {
  return `haka.rule{ hooks = { '${hook}' }, eval = function(self, pkt)\n${code}\nend }\n`;
}

/** A SYN of another client each time, all at one time, so that none is over by silence. */
const syns = function* (count: number): Generator<CaptureRecord> {
  const { bytes, seconds, linkType } = reread(frame({ flags: Flag.syn, sequence: 7 }));
  for (let client = 1; client <= count; client++) {
    const own = bytes.slice();
    write32(own, CLIENT_ADDRESS, 0x0a00_0000 + client);
    yield new CaptureRecord(linkType, seconds, 0, own.length, own);
  }
};

const flood = rounds(6000, 40_000);

test(`${flood} SYNs, with a rule that keeps data of each, take no more than they may`, () => {
  const flooded = new Flooded(
    rule('tcp-connection-new', 'pkt.connection.data.x = pkt.connection.srcip'),
    4096 * KB,
  );
  for (const record of syns(flood)) flooded.record(record);
  const held = Math.floor(flooded.budget.fixed / connectionCost);
  assert.ok(held > 2500 && held <= 3072, `${held} connections`);
  flooded.end();
  assert.equal(flooded.budget.used, 0);
  assert.equal(flooded.passed, flood);
  const [first, last] = flooded.lines;
  assert.equal(flooded.lines.length, 2);
  assert.equal(first, 'warn  tcp-connection: connections take more room than they may: some are given up');
  const [, givenUp] = /^warn {2}tcp-connection: (\d+) connection\(s\) were given up$/.exec(last ?? '') ?? [];
  assert.ok(Math.abs(Number(givenUp) + held - flood) < 100, `${givenUp} and ${held}`);
});

test('a handshake makes no stream; data and rules that ask make one', () => {
  const silent = new Flooded('', 64 * KB);
  silent.take(...talk().slice(0, 3));
  const idle = silent.budget.used;
  assert.ok(idle >= connectionCost && idle < connectionCost + 64, `${idle}`);
  silent.take(...talk().slice(3, 4));
  assert.ok(silent.budget.fixed - idle === streamCost && silent.budget.used > idle + streamCost);
  silent.take(...talk().slice(4, 5));
  assert.equal(silent.budget.fixed - idle, 2 * streamCost);
  silent.end();
  assert.equal(silent.budget.used, 0);
  const asked = new Flooded(rule('tcp-connection-up', 'pkt.stream:available()'), 64 * KB);
  asked.take(...talk().slice(0, 3));
  assert.equal(asked.budget.fixed - idle, streamCost);
});

test('a connection that is over takes less, and nothing when it is forgotten', () => {
  const flooded = new Flooded('', 64 * KB);
  flooded.take(...talk());
  assert.ok(flooded.budget.used > connectionCost);
  flooded.take({ client: 2, flags: Flag.syn, time: 100_000 });
  assert.ok(flooded.budget.used < connectionCost + 64, `${flooded.budget.used}`);
  const dropping = new Flooded(rule('tcp-connection-up', 'pkt:drop()'), 64 * KB);
  dropping.take(...talk().slice(0, 4));
  assert.ok(dropping.budget.used < connectionCost + 64, `${dropping.budget.used}`);
});

test('a flood makes room for itself; what is given up lets go what it held, and its objects are errors', () => {
  const flooded = new Flooded(
    rule(
      'tcp-connection-up',
      `if kept then return end
       kept, stream = pkt.connection, pkt.stream
       mark = stream:mark()`,
    ) +
      rule(
        'tcp-up',
        `if pkt.srcport == 9 then print(kept.srcport) end
         if pkt.srcport ~= 10 then return end
         for _, try in ipairs{ function() return kept.srcport end, function() return stream:available() end,
           function() return stream:seek(mark) end, function() kept:drop() end } do
           local fine, message = pcall(try)
           print(fine, message:match('this [%w_]+ is gone'))
         end`,
      ),
    32 * KB,
  );
  flooded.take(...talk().slice(0, 4));
  assert.equal(flooded.passed, 3);
  for (const record of syns(100)) flooded.record(record);
  flooded.take({ client: 3000, clientPort: 9, flags: Flag.syn });
  assert.deepEqual(flooded.lines.splice(1), ['40000']);
  // Those that are complete are given up for others that are, oldest first.
  const before = flooded.passed;
  for (let client = 200; client < 230; client++) {
    flooded.take(
      ...talk()
        .map((segment) => ({ ...segment, client }))
        .slice(0, 3),
    );
  }
  assert.equal(flooded.passed, before + 30 * 3 + 1);
  flooded.take({ client: 3000, clientPort: 10, flags: Flag.syn });
  const gone = ['tcp_connection', 'tcp_stream', 'tcp_stream', 'tcp_connection'];
  assert.deepEqual(
    flooded.lines.splice(1),
    gone.map((name) => `false this ${name} is gone`),
  );
});

/** Messages of errors, without where they are. */
function errorsOf({ lines }: Flooded): string[] {
  return lines.map((line) => line.replace(/^(?:error core: *)?(?:.*rules\.lua:\d+: )?/, ''));
}

test('marks, streams of their own and packets that nobody takes are bounded', () => {
  const marking = new Flooded(
    rule('tcp-connection-up', 'for i = 1, 10000 do pkt.stream:mark(true) end'),
    256 * KB,
  );
  marking.take(...talk().slice(0, 4));
  assert.equal(errorsOf(marking)[0], 'stream holds as much as it may');
  const making = new Flooded(rule('tcp-up', 'for i = 1, 1000 do tcp.tcp_stream() end'), 256 * KB);
  making.take(...talk().slice(0, 1));
  assert.equal(errorsOf(making)[0], 'there are as many streams as there may be');
  const hoarding = new Flooded(
    rule('tcp-up', 'own = own or tcp.tcp_stream() for i = 1, 100 do own:push(pkt) end'),
    64 * KB,
  );
  for (let turn = 0; turn < 10; turn++) hoarding.take(...talk().slice(3, 4));
  const flow = rule('tcp-connection-new', 'pkt.next_dissector = "keeps"');
  const keeps = `haka.dissector{ name = 'keeps', dissect = function(below)
    return { dissector = 'keeps', valid = function() return true end, drop = function() end, forge = function() end }
  end }\n`;
  const stuck = new Flooded(keeps + flow, 64 * KB);
  stuck.take(...talk().slice(0, 3));
  for (let turn = 0; turn < 200; turn++) stuck.take(...talk().slice(2, 4));
  stuck.end();
  assert.equal(stuck.budget.used, 0);
});

test('what rules make while packets pass counts as memory of rules', () => {
  for (const code of [
    'haka.on_exit(print)',
    'n = (n or 0) + 1 haka.disable_dissector("" .. n)',
    'n = (n or 0) + 1 haka.log.setlevel("" .. n, "info")',
  ]) {
    const making = new Flooded(rule('tcp-up', `for i = 1, 200 do ${code} end`), 256 * KB);
    assert.throws(() => {
      for (let turn = 0; turn < 200; turn++) making.take(...talk().slice(0, 1));
    }, RulesStopped);
  }
});
