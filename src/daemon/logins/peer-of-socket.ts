import type { Socket } from 'node:net';
import { descriptorOf } from '../../enforcer/engine/node/handle.ts';
import { getSocketOption, SOL_SOCKET } from '../../enforcer/sockets/system-calls.ts';
import { loginOfProcess } from './login-of-process.ts';

/** Of Linux: gives a struct ucred, which is three integers: process, user, group (unix(7)). */
const SO_PEERCRED = 17;

/** Who is at the other end of a control socket: the kernel has noted the process that connected, and its user. */
export function peerOfSocket(socket: Socket): string {
  // Elsewhere the permissions of the socket say as much: nobody else can open it.
  if (process.platform !== 'linux') return loginOfProcess('self', process.getuid?.());
  const credentials = new Uint32Array(3);
  const bytes = new Uint8Array(credentials.buffer);
  getSocketOption(descriptorOf(socket), SOL_SOCKET, SO_PEERCRED, bytes);
  const [peer = 0, user] = credentials;
  return loginOfProcess(peer, user);
}
