import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rounds } from '../campaign.ts';
import { chunksOf } from './chunks.ts';
import { processCapture, seeds, spoiled } from './fuzzing.ts';
import { Noise } from './noise.ts';

const RUNS = rounds(200, 1500);

test(`${RUNS} spoiled captures: nothing is thrown, nothing hangs, nothing grows`, () => {
  for (let run = 0; run < RUNS; run++) {
    const noise = new Noise(run * 7919 + 1);
    assert.equal(processCapture(chunksOf(spoiled(noise), noise), noise), undefined, `run ${run}`);
  }
});

test('captures that are not spoiled are taken in whole', () => {
  for (const file of seeds()) {
    for (let run = 0; run < rounds(4, 50); run++) {
      const noise = new Noise(run + 1);
      assert.equal(processCapture(chunksOf(file, noise), noise), undefined);
    }
  }
});
