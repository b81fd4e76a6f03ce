const word = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread for a few milliseconds: a descriptor that another process has made non-blocking is not ready. */
export function pauseBriefly(): void {
  Atomics.wait(word, 0, 0, 5);
}
