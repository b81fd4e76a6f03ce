import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { memberOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { linesOf, scriptsOf, startScripted } from '../running/scripted.ts';
import { fromPeers, headerOf } from './proxied.ts';

const clients = 20;
/** Each piece is a segment of its own, and so an event as far as the system lets it be. */
const pieces = 10;
const slowly = 'local x = 0 for i = 1, 20000 do x = x + i end';

for (const proxied of [false, true]) {
  test(`scripts that take long make their connections wait, ${proxied ? 'with' : 'without'} PROXY headers: nothing is lost`, async (context) => {
    const member = await startMember(context, (socket) => socket.pipe(socket));
    const { running, port } = await startScripted(context, {
      members: [memberOf(member.port)],
      proxyProtocol: proxied ? fromPeers('127.0.0.1') : null,
      scripts: scriptsOf(
        `when TCP_ACCEPTED { ${slowly} log("accepted") }
         when STREAM_CLIENT_INIT { ${slowly} }
         when STREAM_REQUEST_DATA { ${slowly} }
         when STREAM_RESPONSE_DATA { ${slowly} }
         when TCP_CLOSED { log("closed") }`,
      ),
    });
    const sent = Array.from({ length: clients }, (_, client) =>
      Array.from({ length: pieces }, (_, piece) => `${client}.${piece};`),
    );
    const all = async (): Promise<void> => {
      const received = sent.map(() => '');
      for (const [index, texts] of sent.entries()) {
        const client = new Client('127.0.0.1', port);
        running.clients.push(client);
        const { socket } = client;
        socket.setNoDelay(true);
        socket.on('data', (chunk) => {
          received[index] += chunk.toString();
        });
        if (proxied) socket.write(Buffer.concat([headerOf('203.0.113.7'), Buffer.from(texts[0] ?? '')]));
        for (const text of texts.slice(proxied ? 1 : 0)) {
          await new Promise((resolve) => socket.write(text, () => setImmediate(resolve)));
        }
        socket.end();
      }
      await until('each has all back', () =>
        running.clients.every(({ socket }) => socket.readableEnded || socket.destroyed),
      );
      await running.untilIdle();
      assert.deepEqual(
        received,
        sent.map((texts) => texts.join('')),
      );
    };
    await all();
    const told = (text: string): number => linesOf(running).filter((line) => line === text).length;
    await until('each has begun and ended for the scripts', () =>
      ['accepted', 'closed'].every((text) => told(text) === clients),
    );
    // It is told once they have waited for long enough: how often that is depends on the machine.
    while (!running.events.some(({ type }) => type === 'scripts-waited')) await all();
  });
}
