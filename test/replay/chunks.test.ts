import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rounds } from '../campaign.ts';
import { chunksOf } from '../packets/chunks.ts';
import { seeds, spoiled } from '../packets/fuzzing.ts';
import { Noise } from '../packets/noise.ts';
import { judged } from './judging.ts';

const runs = rounds(40, 1000);

test('a replay gives the same in whatever chunks the capture comes, spoiled or not', () => {
  for (let run = 0; run < runs; run++) {
    const noise = new Noise(run * 7919 + 5);
    const all = seeds();
    const file = run % 10 === 0 ? all[noise.below(all.length)] : spoiled(noise);
    assert.ok(file !== undefined);
    const whole = judged([Uint8Array.from(file)]);
    assert.equal(judged(chunksOf(file, noise)), whole, `run ${run}`);
  }
});
