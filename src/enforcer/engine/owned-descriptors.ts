/** Shared memory for what a worker has open, where its engine does not have the system close it with the thread. */
export function createOwnedDescriptors(limit: number): SharedArrayBuffer {
  return new SharedArrayBuffer(Math.ceil(limit / 4) * 4);
}

/** The descriptors that a worker has entered, once its thread is gone; they are entered no more. */
export function takeOwnedDescriptors(buffer: SharedArrayBuffer): readonly number[] {
  const four = new Int32Array(buffer);
  const each = new Uint8Array(buffer);
  const found: number[] = [];
  for (let index = 0; index < four.length; index++) {
    if (four[index] === 0) continue;
    for (let descriptor = index * 4; descriptor < index * 4 + 4; descriptor++)
      if (each[descriptor] !== 0) found.push(descriptor);
    four[index] = 0;
  }
  return found;
}

/**
 * What a worker has open. A thread may be terminated wherever a function is called or a loop begins anew: a descriptor is
 * entered in the line after the call that gave it, and leaves in the line before the one that closes it.
 */
export class OwnedDescriptors {
  readonly #open: Uint8Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.#open = new Uint8Array(buffer);
  }

  /** One for each descriptor that can be entered: 1, while it is open. */
  get open(): Uint8Array<SharedArrayBuffer> {
    return this.#open;
  }
}
