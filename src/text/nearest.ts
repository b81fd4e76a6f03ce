/**
 * The candidate that `word` was most likely meant to be, or undefined when none is near: one that begins with
 * `word`, or one at most a third of the word's length (at least one) edits away. Letter case makes no difference.
 * Among equally near ones the first wins.
 */
export function nearest<C extends string>(word: string, candidates: Iterable<C>): C | undefined {
  const wanted = word.toLowerCase();
  if (wanted === '') return undefined;
  let best: C | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = distanceBelow(bestDistance, wanted, candidate.toLowerCase());
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
    if (distance === 0) break;
  }
  return best;
}

/** Whether a word looks like another one that was typed wrongly: two slips at most, in a short word one. */
export function isMisspelling(word: string, of: string): boolean {
  if (word.length < 4) return false;
  const most = word.length < 6 ? 1 : 2;
  return editDistance(word.toLowerCase(), of.toLowerCase(), most + 1) <= most;
}

/** A word that was broken off is nearer than any misspelling. */
const brokenOff = 0.5;

function distanceBelow(bound: number, word: string, candidate: string): number {
  if (word === candidate) return 0;
  if (candidate.startsWith(word)) return brokenOff;
  return bound <= 1 ? bound : editDistance(word, candidate, bound);
}

/**
 * Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, none edited twice.
 * Gives `bound` for anything that is not below it.
 */
function editDistance(from: string, to: string, bound: number): number {
  if (Math.abs(from.length - to.length) >= bound) return bound;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    let smallest = row;
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let distance = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) distance = Math.min(distance, at(beforeLast, column - 2) + 1);
      current.push(distance);
      smallest = Math.min(smallest, distance);
    }
    if (smallest >= bound) return bound;
    beforeLast = last;
    last = current;
  }
  return Math.min(at(last, to.length), bound);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
