import { availableParallelism } from 'node:os';
import { allowedProcessors, countOf, keepToLast, type Processors } from '../enforcer/engine/processors.ts';

/** How many workers there are where the configuration does not say, and on which processors; null: on any, as the rest. */
export type Placement = { readonly workers: number; readonly processors: Processors | null };

/**
 * Keeps all that this process runs now to one processor: for a process that does nothing but run Levee. Its workers, one
 * for each, may use all of them.
 */
export function setApart(): Placement {
  const processors = allowedProcessors();
  if (processors === null) return { workers: availableParallelism(), processors };
  keepToLast(processors);
  return { workers: countOf(processors), processors };
}
