import type { KeptBlock, KeptBlocks } from '../../system/kept-blocks.ts';
import type { BlockReport } from '../../system/kept-state.ts';
import { TimeSlice } from '../../time/time-slice.ts';
import { timeLeft } from '../keepers/time-left.ts';
import { sourceText } from './source-text.ts';

/** Blocks that are read at once: a few milliseconds. */
const atOnce = 1000;

/** What is to be said of a policy whose block is listed. */
type Named = { readonly name: string; readonly monitorMode: boolean };

/** The blocks that a Levee would restore that is started now, the longest first. `only`: those of one policy. */
export async function storedBlocks(
  stored: KeptBlocks,
  policyOf: (id: number) => Named,
  only: number | null,
): Promise<readonly BlockReport[]> {
  const slice = new TimeSlice();
  const now = Date.now();
  const found: BlockReport[] = [];
  for (let page = stored.page(null, atOnce); page.length > 0; page = following(stored, page)) {
    for (const block of page) {
      const left = timeLeft(block, now);
      if (left <= 0 || (only !== null && block.policy !== only)) continue;
      const { name, monitorMode } = policyOf(block.policy);
      found.push({
        policy: name,
        source: sourceText(block),
        remaining: Math.ceil(left / 1000),
        until: new Date(now + left).toISOString(),
        node: '',
        // Both are counted by who runs.
        refused: 0,
        kernelRefused: 0,
        enforced: !monitorMode,
      });
    }
    if (slice.isOver) await slice.renew();
  }
  return found;
}

function following(stored: KeptBlocks, page: readonly KeptBlock[]): readonly KeptBlock[] {
  return stored.page(page.at(-1) ?? null, atOnce);
}
