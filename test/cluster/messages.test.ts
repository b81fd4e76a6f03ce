import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Count } from '../../src/cluster/counts/frame.ts';
import { blockMessage } from '../../src/cluster/messages/blocks.ts';
import { frameMessage, rowMessage } from '../../src/cluster/messages/counts.ts';
import { clusterKey, Envelopes } from '../../src/cluster/messages/envelope.ts';
import { PackingError } from '../../src/cluster/messages/packing.ts';
import { packPresence, unpackPresence } from '../../src/cluster/messages/presence.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';

const number = fc.maxSafeNat();
const key = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const text = fc.string({ unit: codePoint, maxLength: 100 }).map((given) => given.toWellFormed());
const counts = fc.array(fc.tuple(key, number) satisfies fc.Arbitrary<Count>, { maxLength: 30 });
const incarnation = { at: number, node: text, epoch: number };
const plain = { noNullPrototype: true };
const frames = fc.record(
  {
    ...incarnation,
    stamp: number,
    seq: number,
    changes: counts,
    acknowledgements: fc.array(fc.record({ node: text, epoch: number, seq: number, stamp: number }, plain)),
    wants: fc.array(text),
  },
  plain,
);
const rows = fc.record({ ...incarnation, seq: number, row: counts }, plain);

suite('what nodes tell each other', () => {
  test('is read as it was written, whatever the numbers', () => {
    fc.assert(
      fc.property(frames, (frame) =>
        assert.deepEqual(frameMessage.unpack(frameMessage.pack(frame, 1)), frame),
      ),
    );
    fc.assert(fc.property(rows, (row) => assert.deepEqual(rowMessage.unpack(rowMessage.pack(row, 1)), row)));
  });

  test('is refused where it is cut short, goes on, or is anything else', () => {
    fc.assert(
      fc.property(frames, fc.nat(), (frame, place) => {
        const packed = frameMessage.pack(frame, 1);
        assert.throws(() => frameMessage.unpack(packed.subarray(0, place % packed.length)), PackingError);
        assert.throws(() => frameMessage.unpack(Buffer.concat([packed, Buffer.of(0)])), PackingError);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          frameMessage.unpack(Buffer.from(bytes));
        } catch (error) {
          assert.ok(error instanceof PackingError);
        }
      }),
    );
  });
});

suite('what a node says of itself and of blocks', () => {
  const block = fc.record(
    {
      ...{ policy: text, source: text, prefix: number, end: number, version: number },
      ...{ node: text, by: text },
    },
    plain,
  );
  const presence = fc.record(
    {
      ...{ node: text, life: number, at: number, clockAhead: fc.integer(), version: text },
      speaks: fc.record({ oldest: number, newest: number }, plain),
      ...{ configuration: number, fault: text },
    },
    plain,
  );

  test('is read as it was written, and refused where it is cut short', () => {
    fc.assert(
      fc.property(block, presence, fc.nat(), (record, said, place) => {
        const packed = blockMessage.pack(record, 1);
        assert.deepEqual(blockMessage.unpack(packed), record);
        assert.throws(() => blockMessage.unpack(packed.subarray(0, place % packed.length)), PackingError);
        const whole = packPresence(said);
        assert.deepEqual(unpackPresence(whole), said);
        assert.throws(() => unpackPresence(whole.subarray(0, place % whole.length)), PackingError);
        // A later version may say more.
        assert.deepEqual(unpackPresence(Buffer.concat([whole, Buffer.of(7)])), said);
      }),
    );
  });
});

suite('an envelope', () => {
  test('opens at its place, with its key, unchanged', async () => {
    const [key, other] = await Promise.all([
      clusterKey('a secret', 'levee'),
      clusterKey('a secret', 'other'),
    ]);
    const envelopes = new Envelopes(key);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (content, at, by) => {
          const sealed = envelopes.seal(content, 'frames');
          assert.deepEqual(envelopes.open(sealed, 'frames'), Buffer.from(content));
          assert.equal(envelopes.open(sealed, 'row n1'), null);
          assert.equal(new Envelopes(other).open(sealed, 'frames'), null);
          const changed = Buffer.from(sealed);
          const place = at % sealed.length;
          changed[place] = (changed[place] ?? 0) ^ by;
          assert.equal(envelopes.open(changed, 'frames'), null);
          assert.equal(envelopes.open(sealed.subarray(0, place), 'frames'), null);
        },
      ),
    );
  });
});
