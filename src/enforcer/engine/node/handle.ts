import type { Socket } from 'node:net';

// What lies under a net.Socket and Node does not show: its handle (lib/net.js, the same in all versions since 10).

type Handle = {
  fd?: unknown;
  writeQueueSize?: unknown;
  reading?: unknown;
  readStart?: unknown;
  readStop?: unknown;
};

function handleOf(socket: Socket): Handle | null {
  const handle: unknown = Reflect.get(socket, '_handle');
  return typeof handle === 'object' ? handle : null;
}

/** The descriptor of a socket, where the platform has one; -1: it is closed. */
export function descriptorOf(socket: Socket): number {
  const descriptor = handleOf(socket)?.fd;
  return typeof descriptor === 'number' ? descriptor : -1;
}

/** Bytes that were written and that the system has not taken: of a chunk that it has begun with, only the rest. */
export function unwrittenBytes(socket: Socket): number {
  const size = handleOf(socket)?.writeQueueSize;
  return typeof size === 'number' ? size : 0;
}

/** Reads nothing more from the system. `pause` alone would have 64 KiB more read, to wait in this process. */
export function stopReading(socket: Socket): void {
  const handle = handleOf(socket);
  if (handle?.reading !== true || typeof handle.readStop !== 'function') return;
  handle.reading = false;
  handle.readStop();
}

/** The opposite. */
export function startReading(socket: Socket): void {
  const handle = handleOf(socket);
  if (handle?.reading !== false || socket.connecting || typeof handle.readStart !== 'function') return;
  handle.reading = true;
  handle.readStart();
}
