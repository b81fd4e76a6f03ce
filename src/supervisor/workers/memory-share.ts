import { totalmem } from 'node:os';

/** What data that waits may take of the memory of the machine, or of the container, where nothing else is set. */
const share = 1 / 4;
/** Bytes. */
const least = 64 * 1024 * 1024;

/** Bytes. */
export function memoryShare(): number {
  const constrained = process.constrainedMemory();
  const memory = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.max(least, Math.floor(memory * share));
}
