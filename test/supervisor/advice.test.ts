import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { newState, policyText } from '../running/levee.ts';

suite('diagnose policy advise', () => {
  test('rests on who has left too, until the prefixes change', async (context) => {
    const state = newState(context);
    const member = await startMember(context);
    const port = await freePort();
    assert.equal((await state.here([], policyText(port, member.port, 3))).stderr, '');
    const ask = async (command: string): Promise<string> => {
      const { status, stdout, stderr } = await state.here(['-c', command]);
      assert.deepEqual([status, stderr], [0, ''], command);
      return stdout;
    };
    const advice = async () => JSON.parse(await ask('diagnose policy advise "web" | json'));
    await state.daemonHere();
    assert.match(await ask('diagnose policy advise "web"'), /no source was seen/);

    const clients: Client[] = [];
    context.after(() => {
      for (const { socket } of clients) socket.destroy();
    });
    const open = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index++) {
        const client = new Client('127.0.0.1', port);
        clients.push(client);
        await client.outcome;
      }
    };
    const leave = async (): Promise<void> => {
      for (const { socket } of clients.splice(0)) socket.destroy();
      await until('nobody is there', async () =>
        (await ask('diagnose policy source list')).startsWith('no '),
      );
    };
    await open(2);
    await leave();
    await open(3);
    const { peaks, sources, maximum, capped, threshold, highest, isTooFew } = await advice();
    assert.deepEqual(peaks, [
      { peak: 2, sources: 1 },
      { peak: 3, sources: 1 },
    ]);
    assert.deepEqual([sources, maximum, capped, threshold, isTooFew], [2, 3, 1, 3, true]);
    assert.deepEqual(highest, [{ source: '127.0.0.1', peak: 3 }]);
    const text = await ask('diagnose policy advise "web"');
    assert.match(text, /^policy "web" \(threshold 3\); a source counts each time that it comes: 2 so far$/m);
    assert.match(text, /^1 source came up to the threshold in force/m);

    await leave();
    assert.deepEqual((await advice()).sources, 2, 'it has left, and still counts');
    const prefix =
      'config waf layer4-connection-flood-check-rule\nedit "web limit"\nset source-prefix-v4 24\nnext\nend\n';
    assert.equal((await state.here([], prefix)).stderr, '');
    assert.deepEqual((await advice()).peaks, []);
    const wrong = async (words: string): Promise<string> => (await state.here(['-c', words])).stderr;
    assert.match(await wrong('diagnose policy advise'), /the name of a policy/);
    assert.match(await wrong('diagnose policy advise "wob"'), /did you mean "web"/);
    assert.match(await wrong('diagnose policy advise web more'), /command parse error before 'more'/);
  });
});
