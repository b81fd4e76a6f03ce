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
} from '../../src/enforcer/sockets/system-calls.ts';
import { freePort } from './ports.ts';

/** A port of 127.0.0.1 where nobody is answered: its queue is full, and Linux lets all that come wait. */
export async function deafPort(context: TestContext): Promise<number> {
  const port = await freePort();
  const descriptor = openSocket(AF_INET);
  context.after(() => closeDescriptor(descriptor));
  bindSocket(descriptor, socketAddress('127.0.0.1', port));
  listenOn(descriptor, 0);
  const filler = connect(port, '127.0.0.1').on('error', () => {});
  context.after(() => filler.destroy());
  await once(filler, 'connect');
  return port;
}
