import { once } from 'node:events';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { socketAddress } from '../../src/enforcer/sockets/socket-address.ts';
import {
  AF_INET,
  bindSocket,
  closeDescriptor,
  listenOn,
  openSocket,
  SO_REUSEADDR,
  SOL_SOCKET,
  setSocketOption,
} from '../../src/enforcer/sockets/system-calls.ts';
import { freePort } from './ports.ts';

/** A port of 127.0.0.1 where nobody is answered: its queue is full, and Linux lets all that come wait. */
export async function deafPort(context: TestContext): Promise<number> {
  const port = await freePort();
  const descriptor = openSocket(AF_INET);
  context.after(() => closeDescriptor(descriptor));
  // Of those who had the port before there may be connections that the system has not forgotten yet.
  setSocketOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
  bindSocket(descriptor, socketAddress('127.0.0.1', port));
  listenOn(descriptor, 0);
  const filler = connect(port, '127.0.0.1').on('error', () => {});
  context.after(() => filler.destroy());
  await once(filler, 'connect');
  return port;
}
