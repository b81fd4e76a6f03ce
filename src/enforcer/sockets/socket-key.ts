// What an accepted connection is known by in all workers: its descriptor, and a little of the port of its peer. When a
// worker dies, others have its descriptors for other sockets before anybody has counted out what it held.

const descriptorBits = 20;
const descriptorMask = 2 ** descriptorBits - 1;
/** A prime: ports that follow one another differ, and so do those of one kind. */
const checks = 1021;

/** -1: the descriptor is too high to be told apart. */
export function socketKey(descriptor: number, peerPort: number): number {
  if (descriptor < 0 || descriptor > descriptorMask) return -1;
  return ((1 + (peerPort % checks)) << descriptorBits) | descriptor;
}

/** -1 stays what it is. */
export function descriptorOfKey(key: number): number {
  return key < 0 ? key : key & descriptorMask;
}

/** Whether the peer of the socket that has the descriptor now may be that of the connection with this key. */
export function isPeerOf(key: number, peerPort: number): boolean {
  const check = key >>> descriptorBits;
  return check === 0 || check === 1 + (peerPort % checks);
}
