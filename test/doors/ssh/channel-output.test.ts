import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import ssh2 from 'ssh2';
import { ChannelOutput } from '../../../src/doors/ssh/channel-output.ts';
import { SshHostKeys } from '../../../src/doors/ssh/host-keys.ts';
import { freePort } from '../../network/ports.ts';

/** More than a client takes before it has said that it has read something. */
const length = 3_000_000;

test('output and errors that have to wait for a slow reader come whole, and once', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'levee-ssh-'));
  const port = await freePort();
  const server = new ssh2.Server(
    { hostKeys: [...new SshHostKeys(join(folder, 'key-')).private] },
    (connection) => {
      connection.on('error', () => undefined).on('authentication', (login) => login.accept());
      connection.on('session', (accept) => {
        accept().on('exec', async (begin) => {
          const channel = begin();
          const output = new ChannelOutput(channel, new Promise(() => undefined));
          for (const letter of ['a', 'b']) {
            output.write('output', letter.repeat(length));
            output.write('error', letter.toUpperCase().repeat(length));
          }
          await output.drained();
          channel.exit(0);
          channel.end();
        });
      });
    },
  );
  server.listen(port, '127.0.0.1');
  const client = new ssh2.Client();
  context.after(() => {
    client.end();
    server.close();
    rmSync(folder, { recursive: true });
  });
  client.connect({ host: '127.0.0.1', port, username: 'anna', password: '' });
  await once(client, 'ready');
  const { promise, resolve, reject } = Promise.withResolvers<ssh2.ClientChannel>();
  client.exec('', (error, channel) => (error ? reject(error) : resolve(channel)));
  const channel = await promise;
  const texts = [channel, channel.stderr].map((stream) => {
    const read: string[] = [];
    stream.setEncoding('utf8').on('data', (text: string) => read.push(text));
    return read;
  });
  await once(channel, 'close');
  assert.deepEqual(
    texts.map((read) => read.join('').replace(/(.)\1*/g, (run) => `${run.length} ${run[0]} `)),
    [`${length} a ${length} b `, `${length} A ${length} B `],
  );
});
