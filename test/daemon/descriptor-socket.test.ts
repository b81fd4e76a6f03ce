import assert from 'node:assert/strict';
import { fstatSync, openSync } from 'node:fs';
import { test } from 'node:test';
import {
  mostDescriptors,
  receiveDescriptors,
  sendDescriptors,
  socketPair,
} from '../../src/daemon/succession/descriptor-socket.ts';
import { closeDescriptor } from '../../src/enforcer/sockets/system-calls.ts';

const linux = process.platform === 'linux' ? false : 'descriptors are handed over in Linux';

test('descriptors arrive in their order, as many as the system takes in a message', {
  skip: linux,
}, (context) => {
  const [one, other] = socketPair();
  const files = [openSync(import.meta.filename, 'r'), openSync(import.meta.dirname, 'r')];
  const received: number[] = [];
  context.after(() => [one, other, ...files, ...received].forEach(closeDescriptor));
  const messages = [files, Array.from({ length: mostDescriptors }, (_, index) => files[index % 2] ?? -1)];
  for (const message of messages) sendDescriptors(one, message);
  const inode = (descriptor: number): number => fstatSync(descriptor).ino;
  for (const message of messages) {
    const copies = receiveDescriptors(other);
    received.push(...copies);
    assert.deepEqual(copies.map(inode), message.map(inode));
  }
  assert.throws(() => receiveDescriptors(other), /recvmsg: resource temporarily unavailable/);
  assert.throws(() => sendDescriptors(one, [10_000]), /sendmsg: bad file descriptor/);
});
