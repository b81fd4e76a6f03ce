import { allowedProcessors, keepToLast, type Processors } from '../enforcer/engine/processors.ts';

/**
 * Keeps all that this process runs now to one processor: for a process that does nothing but run Levee. Returns those
 * that its workers may use; null where they share the one that there is.
 */
export function setApart(): Processors | null {
  const processors = allowedProcessors();
  if (processors !== null) keepToLast(processors);
  return processors;
}
