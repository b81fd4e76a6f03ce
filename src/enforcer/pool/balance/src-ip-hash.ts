import { best, type Picker } from '../picker.ts';
import type { PoolMember } from '../pool-member.ts';

/**
 * Weighted rendezvous hashing: a member's score is drawn from the source and from its number in the pool, and the
 * highest score wins, so that the loss of a member moves only its own sources. The result is the same in every worker,
 * process and machine.
 */
export default class SourceHash implements Picker {
  pick(candidates: readonly PoolMember[], source: Uint32Array): PoolMember {
    for (const candidate of candidates) candidate.load = draw(source, candidate.snapshot);
    return best(candidates, (one, other) => one.load > other.load);
  }
}

const twoTo32 = 2 ** 32;

function draw(source: Uint32Array, { number, weight }: PoolMember['snapshot']): number {
  let hash = number;
  for (let word = 0; word < 4; word++) hash = mix(hash, source[word] ?? 0);
  const fraction = ((finish(hash) >>> 0) + 0.5) / twoTo32;
  return -weight / Math.log(fraction);
}

/** MurmurHash3 (Austin Appleby, public domain): unlike the sources table's hash it has no secret, so that all agree. */
function mix(hash: number, word: number): number {
  let scrambled = Math.imul(word, 0xcc9e2d51);
  scrambled = Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  const mixed = hash ^ scrambled;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
