import { readdirSync } from 'node:fs';
import koffi from 'koffi';

/** Processors as a cpu_set_t: a bit for each, lowest first (sched_setaffinity(2)). */
export type Processors = Uint8Array;

const setBytes = 128;

/** The processors that this thread may use; null where that is only one, or unknown (not on Linux). */
export function allowedProcessors(): Processors | null {
  if (process.platform !== 'linux') return null;
  const allowed = new Uint8Array(setBytes);
  const call = koffi.load(null).func('int sched_getaffinity(int, size_t, _Inout_ uint8_t *)');
  if (call(0, setBytes, allowed) !== 0) return null;
  return numbersOf(allowed).length > 1 ? allowed : null;
}

/**
 * Keeps every thread that the process has now to the last of some processors. The main thread computes as long as it
 * likes, and V8's helpers with it: on a processor of their own they never stand between a worker and its connections.
 */
export function keepToLast(allowed: Processors): void {
  const last = numbersOf(allowed).at(-1);
  if (last === undefined) return;
  const only = new Uint8Array(setBytes);
  only[last >> 3] = 1 << (last & 7);
  for (const thread of readdirSync('/proc/self/task')) restrict(Number(thread), only);
}

/** Lets this thread use these processors, whatever the thread that made it is kept to. */
export function useProcessors(allowed: Processors): void {
  restrict(0, allowed);
}

export function countOf(processors: Processors): number {
  return numbersOf(processors).length;
}

/** Where the system refuses, everything runs as before, only less evenly. */
function restrict(thread: number, to: Processors): void {
  koffi.load(null).func('int sched_setaffinity(int, size_t, const uint8_t *)')(thread, setBytes, to);
}

function numbersOf(set: Processors): number[] {
  return Array.from({ length: set.length * 8 }, (_, number) => number).filter(
    (number) => ((set[number >> 3] ?? 0) & (1 << (number & 7))) !== 0,
  );
}
