import koffi from 'koffi';

let trim: ((pad: number) => Promise<void>) | undefined;

/**
 * Gives what all threads of the process have freed back to the system: glibc keeps what lies below something that is
 * still in use (malloc_trim(3)). Other C libraries do it by themselves. Takes a moment, on another thread.
 */
export async function returnMemory(): Promise<void> {
  trim ??= findTrim();
  await trim(0);
}

function findTrim(): (pad: number) => Promise<void> {
  try {
    const call = koffi.load(null).func('int malloc_trim(size_t)');
    return (pad) => new Promise((resolve) => call.async(pad, () => resolve()));
  } catch {
    return () => Promise.resolve();
  }
}
