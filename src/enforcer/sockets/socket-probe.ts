import { BROKEN, ENDED } from '../../verdict/judge/departures.ts';
import { peerPortOf } from './socket-ends.ts';
import { descriptorOfKey, isPeerOf } from './socket-key.ts';
import { POLL_CLOSED, POLL_ERROR, POLL_HANGUP, pollQuietly, unreadBytes } from './system-calls.ts';

/** What is read at once. */
const readAtOnce = 65_536;

/** Asks the system whether connections are over, as `Engine.probe` says. */
export class SocketProbe {
  #records = new Int32Array(512);

  probe(sockets: Int32Array, over: Uint8Array, count: number): void {
    if (this.#records.length < count * 2) this.#records = new Int32Array(count * 2);
    const records = this.#records;
    over.fill(0, 0, count);
    for (let index = 0; index < count; index++) {
      records[index * 2] = descriptorOfKey(sockets[index] ?? -1);
      records[index * 2 + 1] = 0;
    }
    pollQuietly(records, count);
    for (let index = 0; index < count; index++) {
      const found = records[index * 2 + 1] ?? 0;
      const descriptor = records[index * 2] ?? -1;
      if ((found & (POLL_ERROR | POLL_CLOSED)) !== 0) over[index] = BROKEN;
      else if ((found & POLL_HANGUP) === 0)
        over[index] = this.#isOf(sockets[index] ?? -1, descriptor) ? 0 : BROKEN;
      else if (unreadBytes(descriptor) <= readAtOnce) over[index] = ENDED;
    }
  }

  /** False: its worker has ended, and the descriptor is that of another socket. Not for one whose both directions are over. */
  #isOf(key: number, descriptor: number): boolean {
    return descriptor < 0 || isPeerOf(key, peerPortOf(descriptor));
  }
}
