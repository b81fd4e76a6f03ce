import assert from 'node:assert/strict';
import { test } from 'node:test';
import { write16 } from '../../src/net/big-endian.ts';
import { CaptureRecord } from '../../src/packets/capture/record.ts';
import { finishedFragments } from '../../src/packets/fragments/datagram.ts';
import { type GivenUp, Reassembly, type ReassemblyLimits } from '../../src/packets/fragments/reassembly.ts';
import { Packet } from '../../src/packets/packet.ts';
import fc from '../property.ts';
import { frame, tcpOf } from './frames.ts';

/** A packet cut at multiples of eight. */
function cut(packet: Packet, cuts: readonly number[], identification = 7): Packet[] {
  const { bytes, network, transport, version } = packet;
  const payload = bytes.subarray(transport);
  const ends = [
    ...new Set(cuts.map((at) => at * 8).filter((at) => at > 0 && at < payload.length)),
    payload.length,
  ].sort((one, other) => one - other);
  return ends.map((end, index) => {
    const start = ends[index - 1] ?? 0;
    const more = end === payload.length ? 0 : 1;
    const extra = version === 4 ? [] : [6, 0, start >>> 8, (start & 255) | more, 0, 0, 0, identification];
    const made = Buffer.concat([
      bytes.subarray(0, transport),
      Uint8Array.from(extra),
      payload.subarray(start, end),
    ]);
    if (version === 4) {
      made.writeUInt16BE(made.length - network, network + 2);
      made.writeUInt16BE(identification, network + 4);
      made.writeUInt16BE((start >>> 3) | (more << 13), network + 6);
    } else {
      made.writeUInt16BE(made.length - network - 40, network + 4);
      made[network + 6] = 44;
    }
    const { linkType, seconds, nanoseconds } = packet;
    return new Packet(new CaptureRecord(linkType, seconds, nanoseconds, made.length, made));
  });
}

function collector(limits: Partial<ReassemblyLimits> = {}) {
  const given: (readonly [number, GivenUp])[] = [];
  const reassembly = new Reassembly((fragments, cause) => given.push([fragments.length, cause]), limits);
  return { given, reassembly };
}

const version = fc.constantFrom(4 as const, 6 as const);
const longText = Buffer.from('0123456789'.repeat(20));

test('fragments make the packet that was cut, in whatever order and however often they come', () => {
  fc.assert(
    fc.property(
      version,
      fc.array(fc.integer({ min: 1, max: 30 }), { size: 'max', maxLength: 8 }),
      fc.infiniteStream(fc.nat(1000)),
      (family, cuts, noise) => {
        const whole = frame({ version: family, payload: longText });
        const fragments = cut(whole, cuts).filter(({ isFragment }) => isFragment);
        const again = fragments.slice(0, 2).map((fragment) => fragment.clone());
        const order = [...fragments, ...again].map((fragment) => ({
          fragment,
          key: noise.next().value ?? 0,
        }));
        const { given, reassembly } = collector();
        let made: Packet | undefined;
        for (const { fragment } of order.sort((one, other) => one.key - other.key)) {
          made ??= reassembly.take(fragment);
          if (made !== undefined) break;
        }
        if (fragments.length === 0) return;
        assert.ok(made !== undefined);
        assert.deepEqual(Buffer.from(tcpOf(made).payload), longText);
        assert.equal(tcpOf(made).verifyChecksum(), true);
        assert.notEqual(made.ipv4?.verifyChecksum(), false);
        assert.equal(made.isChanged, false);
        assert.equal(made.fragments?.length, fragments.length);
        assert.deepEqual(given, []);
        assert.equal(reassembly.cost, 0);
      },
    ),
  );
});

test('fragments that leave as they came carry the right checksum, in whichever of them it lies', () => {
  fc.assert(
    fc.property(
      version,
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
      fc.nat(0xffff),
      (family, cuts, checksum) => {
        const whole = frame({ version: family, payload: longText });
        const right = cut(whole, cuts);
        write16(whole.bytes, whole.transport + 16, checksum);
        const { reassembly } = collector();
        const [made] = cut(whole, cuts).flatMap((fragment) => reassembly.take(fragment) ?? []);
        assert.ok(made !== undefined);
        made.finish();
        assert.equal(made.isChanged, false);
        if (checksum === 0xffff) return;
        for (const fragment of right) fragment.finish();
        assert.deepEqual(
          finishedFragments(made).map(({ bytes }) => Buffer.from(bytes).toString('hex')),
          right.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
        );
      },
    ),
  );
});

test('what is no fragment passes, whole ones with a fragment header too', () => {
  const { reassembly } = collector();
  const plain = frame({});
  assert.equal(reassembly.take(plain), plain);
  const [atomic] = cut(frame({ version: 6, payload: longText }), []);
  assert.ok(atomic !== undefined);
  assert.equal(reassembly.take(atomic), atomic);
  assert.deepEqual(Buffer.from(tcpOf(atomic).payload), longText);
});

test('a datagram with an overlap is given up, with all that comes of it', () => {
  const { given, reassembly } = collector();
  const whole = frame({ payload: longText });
  const [first, second, third] = cut(whole, [4, 8]);
  const [, other] = cut(whole, [3, 8]);
  for (const fragment of [first, other, second, third])
    if (fragment) assert.equal(reassembly.take(fragment), undefined);
  assert.deepEqual(given, [
    [1, 'overlap'],
    [1, 'overlap'],
    [1, 'overlap'],
    [1, 'overlap'],
  ]);
  assert.equal(reassembly.cost, 0);
});

test('memory, number and time are bounded', () => {
  const first = (identification: number, time = 0): Packet => {
    const [fragment] = cut(frame({ payload: longText, time }), [4], identification);
    if (fragment === undefined) throw new Error('no fragment');
    return fragment;
  };
  const few = collector({ datagrams: 2 });
  for (const identification of [1, 2, 3]) few.reassembly.take(first(identification));
  assert.deepEqual(few.given, [[1, 'no room']]);
  const small = collector({ bytes: 700 });
  for (const identification of [1, 2, 3]) small.reassembly.take(first(identification));
  assert.deepEqual(small.given, [[1, 'no room']]);
  const late = collector({ milliseconds: 100 });
  late.reassembly.take(first(1));
  late.reassembly.take(first(2, 101));
  assert.deepEqual(late.given, [[1, 'timeout']]);
  late.reassembly.end();
  assert.deepEqual(late.given, [
    [1, 'timeout'],
    [1, 'end of capture'],
  ]);
  assert.equal(late.reassembly.cost, 0);
});
