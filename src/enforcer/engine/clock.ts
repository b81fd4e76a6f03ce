const [seconds, nanoseconds] = process.hrtime();
const offset = seconds * 1e3 + nanoseconds / 1e6 - performance.now();

/** Milliseconds that only go forward. Unlike performance.now, every thread counts them from the same origin. */
export function monotonicNow(): number {
  return performance.now() + offset;
}
