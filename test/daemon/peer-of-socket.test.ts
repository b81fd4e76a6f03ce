import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { loginOfProcess } from '../../src/daemon/logins/login-of-process.ts';
import { peerOfSocket } from '../../src/daemon/logins/peer-of-socket.ts';
import { temporaryFolder } from '../running/folder.ts';

test('the peer of a control socket is the user whose process has connected', async (context) => {
  const server = createServer();
  const path = join(temporaryFolder(context), 'socket');
  server.listen(path);
  const client = createConnection(path);
  const [served]: Socket[] = await once(server, 'connection');
  assert.ok(served !== undefined);
  assert.equal(peerOfSocket(served), loginOfProcess(process.pid, process.getuid?.()));
  client.destroy();
  served.destroy();
  server.close();
});

test('a process that no login has led to, or that is gone, is told by its user', () => {
  assert.equal(loginOfProcess(4_000_000, 1000), 'user 1000');
});
