import {
  attachFilter,
  closeDescriptor,
  detachFilter,
  nextConnection,
  SystemCallError,
} from './system-calls.ts';

/** Classic BPF: of each packet, nothing is kept. */
const nothing = Uint8Array.of(0x06, 0, 0, 0, 0, 0, 0, 0);

/**
 * Lets nobody in on a listening socket that must stay open, since somebody else has it too: what comes is not answered,
 * what waits is closed. (Were it shut down, a service manager would take that for a failure.) Throws SystemCallError.
 */
export function refuse(descriptor: number): void {
  if (process.platform !== 'linux') return;
  attachFilter(descriptor, nothing);
  for (let next = nextConnection(descriptor); next >= 0; next = nextConnection(descriptor))
    closeDescriptor(next);
}

/** The opposite. Nothing happens where it was never refused. Throws SystemCallError. */
export function admit(descriptor: number): void {
  if (process.platform !== 'linux') return;
  try {
    detachFilter(descriptor);
  } catch (error) {
    // There is none.
    if (!(error instanceof SystemCallError && error.code === 'ENOENT')) throw error;
  }
}
