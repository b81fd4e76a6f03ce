import { decodeDamaged, decodeSource } from '../../../grammar/source-text.ts';
import { foreignBytes } from '../../files/foreign-bytes.ts';
import type { Model } from '../../model/model.ts';
import { foreignFault } from '../faults/encoding-fault.ts';
import type { Fault } from '../faults/problem.ts';
import { missingForNamed, sourceOf } from '../session/named-files.ts';
import type { BatchOptions, BatchSource } from '../session/session.ts';
import { mostText } from '../session/settings/limits.ts';
import type { Batch } from './batch.ts';

/** Has a batch take texts as they came, if they may be taken; gives why not. */
export async function feed(
  batch: Batch,
  sources: readonly BatchSource[],
  { named }: BatchOptions,
  model: Model,
): Promise<Fault | undefined> {
  const missing = named ? missingForNamed(model) : undefined;
  if (missing !== undefined) return missing;
  if (sources.reduce((sum, { bytes }) => sum + bytes.length, 0) > mostText) {
    batch.giveUp(`at most ${mostText / 1024 ** 2} MiB in one batch`, sources[0]?.name ?? null);
    return undefined;
  }
  for (const { name, bytes } of sources) {
    const foreign = foreignBytes(bytes);
    if (foreign !== undefined) {
      batch.refuse(foreignFault(foreign), name);
      continue;
    }
    const decoded = decodeSource(bytes);
    const isDamaged = 'problem' in decoded;
    const plain = { name, text: isDamaged ? decodeDamaged(bytes) : decoded.text, isDamaged };
    await batch.run(named ? sourceOf(model, plain) : plain);
  }
  return undefined;
}
