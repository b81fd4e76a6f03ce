import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Count, Frame } from '../../src/cluster/counts/frame.ts';
import { blockMessage } from '../../src/cluster/messages/blocks.ts';
import { latestTime, longestAhead, mostConnections, mostSteps } from '../../src/cluster/messages/bounds.ts';
import { packHead, unpackHead } from '../../src/cluster/messages/configuration.ts';
import { type Dated, frameMessage, rowMessage } from '../../src/cluster/messages/counts.ts';
import { clusterKey, Envelopes } from '../../src/cluster/messages/envelope.ts';
import { ImpossibleError, PackingError } from '../../src/cluster/messages/packing.ts';
import { packPresence, unpackPresence } from '../../src/cluster/messages/presence.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';

const step = fc.maxSafeNat().map((number) => number % (mostSteps + 1));
const time = fc.maxSafeNat().map((number) => number % (latestTime + 1));
const key = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const text = fc.string({ unit: codePoint, maxLength: 100 }).map((given) => given.toWellFormed());
const counts = fc.array(fc.tuple(key, fc.nat(mostConnections)) satisfies fc.Arbitrary<Count>, {
  maxLength: 30,
});
const incarnation = { at: time, node: text, epoch: fc.nat(longestAhead) };
const plain = { noNullPrototype: true };
const frames = fc.record(
  {
    ...incarnation,
    stamp: step,
    seq: step,
    changes: counts,
    acknowledgements: fc.array(fc.record({ node: text, epoch: time, seq: step, stamp: step }, plain)),
    wants: fc.array(text),
  },
  plain,
);
const rows = fc.record({ ...incarnation, seq: step, row: counts }, plain);

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

suite('a number that can not be', () => {
  const now = Date.now();
  const frame = {
    at: now,
    node: 'n1',
    epoch: now,
    stamp: 1,
    seq: 1,
    changes: [],
    acknowledgements: [],
    wants: [],
  };
  const block = {
    policy: 'web',
    source: '192.0.2.1',
    prefix: 32,
    end: now,
    version: now,
    node: 'n1',
    by: 'x',
  };

  test('is refused wherever it stands', () => {
    const far = Number.MAX_SAFE_INTEGER;
    const ours = { node: 'n2', epoch: now, seq: 1, stamp: 1 };
    const frames: readonly Partial<Dated<Frame>>[] = [
      { at: far },
      { epoch: now + longestAhead + 1 },
      { stamp: far },
      { seq: far },
      { changes: [['x', far]] },
      ...[{ seq: far }, { stamp: far }, { epoch: far }].map((wrong) => ({
        acknowledgements: [{ ...ours, ...wrong }],
      })),
    ];
    for (const wrong of frames)
      assert.throws(
        () => frameMessage.unpack(frameMessage.pack({ ...frame, ...wrong }, 1)),
        ImpossibleError,
        JSON.stringify(wrong),
      );
    for (const wrong of [{ end: far }, { version: far }, { prefix: 129 }, { by: 'x'.repeat(5000) }])
      assert.throws(
        () => blockMessage.unpack(blockMessage.pack({ ...block, ...wrong }, 1)),
        ImpossibleError,
        JSON.stringify(wrong),
      );
    const head = {
      line: 'l',
      number: 1,
      time: now,
      node: 'n1',
      author: 'a',
      origin: 'o',
      comment: '',
      digest: '',
    };
    for (const wrong of [{ number: far }, { time: far }])
      assert.throws(() => unpackHead(packHead({ ...head, ...wrong })), ImpossibleError);
  });
});

suite('what a node says of itself and of blocks', () => {
  const block = fc.record(
    {
      ...{ policy: text, source: text, prefix: fc.nat(128), end: time, version: time },
      ...{ node: text, by: text },
    },
    plain,
  );
  const presence = fc.record(
    {
      ...{ node: text, life: time, at: time, clockAhead: fc.integer(), version: text },
      speaks: fc.record({ oldest: step, newest: step }, plain),
      ...{ configuration: step, fault: text },
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
