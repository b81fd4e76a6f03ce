import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rounds } from '../campaign.ts';
import { chunksOf } from '../packets/chunks.ts';
import { spoiled } from '../packets/fuzzing.ts';
import { Noise } from '../packets/noise.ts';
import { runChangingRules } from './fuzzing.ts';

const RUNS = rounds(16, 200);

test(`${RUNS} spoiled captures under rules that change everything: no crash, and all can be written`, () => {
  for (let run = 0; run < RUNS; run++) {
    const noise = new Noise(run * 104_729 + 3);
    const file = spoiled(noise);
    const { written, unexpected } = runChangingRules(chunksOf(file, noise), run + 1);
    assert.deepEqual(unexpected, [], `run ${run}`);
    if (run % 4 !== 0) continue;
    // However it comes, the same leaves.
    const plain = runChangingRules([Uint8Array.from(file)], run + 1);
    assert.deepEqual(written, plain.written, `run ${run}`);
  }
});
