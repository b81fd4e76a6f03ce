import type { Socket } from 'node:net';
import koffi from 'koffi';
import { descriptorOf } from '../../src/enforcer/engine/node/handle.ts';

const MSG_OOB = 1;
const send = koffi.load(null).func('intptr_t send(int, const uint8_t *, size_t, int)');

/** Sends bytes at once, the last of them as urgent data (RFC 9293, 3.8.5), which Node can't. */
export function sendUrgent(socket: Socket, text: string): void {
  const bytes = Buffer.from(text);
  if (send(descriptorOf(socket), bytes, bytes.length, MSG_OOB) !== bytes.length)
    throw new Error('the system did not take the urgent data');
}
