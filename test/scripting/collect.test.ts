import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { DataEnd } from '../../src/enforcer/hooks/data-end.ts';
import { examplesIn, pages } from '../docs/scripting/pages.ts';
import { FakeConnection, world } from './harness.ts';

/** What scripts made of a client, and how often STREAM_CLIENT_INIT came. */
type Heard = { readonly said: readonly string[]; readonly done: readonly string[]; readonly events: number };

type Hear = (pieces: readonly Uint8Array[], end?: DataEnd) => Heard;

/** Runs a script for clients that say these pieces, one after the other; `end`: why no more comes. */
function listenerWith(script: string): Hear {
  const { runner, lines } = world(script);
  return (pieces, end) => {
    const before = lines().length;
    const port = new FakeConnection();
    const connection = runner.open(port);
    let all = Buffer.alloc(0);
    let isAwaited = true;
    let events = 0;
    const show = (chunk: Uint8Array, why: DataEnd | null): void => {
      all = Buffer.concat([all, chunk]);
      const shown = (): Buffer => {
        events++;
        return all;
      };
      if (isAwaited) isAwaited = runner.fireClientData(connection, chunk, shown, why);
    };
    runner.fire('TCP_ACCEPTED', connection);
    for (const piece of pieces) show(piece, null);
    if (end !== undefined) show(Buffer.alloc(0), end);
    assert.ok(!isAwaited);
    return { said: lines().slice(before), done: port.done, events };
  };
}

function whole(bytes: Buffer): Buffer[] {
  return [bytes];
}

function byBytes(bytes: Buffer): Buffer[] {
  return [...bytes].map((byte) => Buffer.of(byte));
}

function atEachPlace(bytes: Buffer): Buffer[][] {
  return [...bytes.keys()].slice(1).map((at) => [bytes.subarray(0, at), bytes.subarray(at)]);
}

suite('TCP:collect', () => {
  const line =
    'when STREAM_CLIENT_INIT { local ok, why = TCP:collect{pattern = "\\r\\n", wait = 50} if ok ~= false then log("%s %s %d", ok, why, #TCP:peek()) end }';

  test('has the event come again once a text is there, wherever it is cut', () => {
    const bytes = Buffer.from('hello\r\nand more');
    const hear = listenerWith(line);
    for (const pieces of [whole(bytes), byBytes(bytes), ...atEachPlace(bytes)]) {
      const { said, events } = hear(pieces);
      assert.match(said.join(), /^log: true nil (?:[7-9]|1\d)$/);
      assert.ok(events <= 2);
    }
  });

  test('says why it does not come any more', () => {
    for (const [end, why] of [
      ['ended', 'end'],
      ['late', 'timeout'],
      ['full', 'full'],
    ] as const) {
      const { said, done } = listenerWith(line)([Buffer.from('hello')], end);
      assert.deepEqual([said, done], [[`log: nil ${why} 5`], ['within 50']]);
    }
  });

  test('waits from TCP_ACCEPTED on, and can ask for more each time', () => {
    const script = `
      when TCP_ACCEPTED { log("%s", TCP:collect(2, 10)) }
      when STREAM_CLIENT_INIT {
        log("%d", #TCP:peek())
        if TCP:collect(4) == false then return end
        log("all")
      }`;
    const { said, events } = listenerWith(script)(byBytes(Buffer.from('abcde')));
    assert.deepEqual([said, events], [['log: false', 'log: 2', 'log: 4', 'log: all'], 2]);
  });

  test('a call that makes no sense is an error, and waits for nothing', () => {
    for (const call of [
      '0',
      '65537',
      '1, 0',
      '1, 60001',
      '{}',
      '{size = 1, pattern = "x"}',
      '{pattern = ""}',
    ]) {
      const { said } = listenerWith(`when STREAM_CLIENT_INIT { TCP:collect(${call}) }`)([Buffer.from('x')]);
      assert.match(said.join(), /^error: script:1: TCP:collect: /, call);
    }
  });
});

/** A ClientHello (RFC 8446, 4.1.2) that asks for a name, with extensions before it and behind. */
function clientHello(name: string): Buffer {
  const sized = (bytes: number, ...parts: readonly Uint8Array[]): Buffer => {
    const body = Buffer.concat(parts);
    const length = Buffer.alloc(bytes);
    length.writeUIntBE(body.length, 0, bytes);
    return Buffer.concat([length, body]);
  };
  const serverName = sized(2, sized(2, Buffer.of(0), sized(2, Buffer.from(name))));
  const extensions = sized(2, Buffer.of(0, 43, 0, 3, 2, 3, 4, 0, 0), serverName, Buffer.of(0, 35, 0, 0));
  const suites = sized(2, Buffer.of(0x13, 1, 0x13, 2));
  const start = Buffer.concat([Buffer.of(3, 3), Buffer.alloc(32, 7), sized(1, Buffer.alloc(32, 9))]);
  const hello = Buffer.concat([start, suites, sized(1, Buffer.of(0)), extensions]);
  return Buffer.concat([Buffer.of(22, 3, 1), sized(2, Buffer.of(1), sized(3, hello))]);
}

const connect = Buffer.from([
  0x10,
  19,
  0,
  4,
  ...Buffer.from('MQTT'),
  4,
  2,
  0,
  60,
  0,
  7,
  ...Buffer.from('sensor7'),
]);
const page = 'docs/scripting/tcp-collect.md';
const [, sni, mqtt, proxy] = examplesIn(page, pages.get(page) ?? '').map(({ code }) => code);

const cases: readonly (readonly [string, string | undefined, Buffer, string, readonly string[]])[] = [
  ['SNI', sni, clientHello('one.example'), 'log: name one.example', ['server 127.0.0.1:8081']],
  ['MQTT', mqtt, connect, 'log: client sensor7', []],
  ['PROXY', proxy, Buffer.from('PROXY TCP4 203.0.113.9 192.0.2.1 9 80\r\nGET'), 'log: from 203.0.113.9', []],
];
for (const [name, script = '', bytes, line, chosen] of cases) {
  test(`the example for ${name} works in any segmentation`, () => {
    const hear = listenerWith(script);
    for (const pieces of [whole(bytes), byBytes(bytes), ...atEachPlace(bytes)]) {
      const { said, done } = hear(pieces);
      assert.deepEqual(said, [line], `${pieces[0]?.length}`);
      assert.deepEqual(
        done.filter((what) => !what.startsWith('within')),
        chosen,
      );
    }
  });
}
