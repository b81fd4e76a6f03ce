import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createConnection, Server } from 'node:net';
import { suite, test } from 'node:test';
import { type Answer, type ReplyPart, strictBatch as whole } from '../../../src/cli/session/session.ts';
import {
  encodeMessage,
  FrameReader,
  maximumFrame,
  maximumMessage,
} from '../../../src/doors/socket/frames.ts';
import { doorLimits } from '../../../src/doors/socket/limits.ts';
import { noCredentials } from '../../../src/system/login.ts';
import { collect } from '../../cli/in-process.ts';
import fc from '../../property.ts';
import { until } from '../../running/condition.ts';
import { type Peer, serve } from './peer.ts';

function rules(count: number): string {
  return `config waf layer4-connection-flood-check-rule\n${Array.from({ length: count }, (_, index) => `edit "r${index}"\nset block-period 5\nnext\n`).join('')}end\n`;
}

suite('messages', () => {
  test('come out as they went in, however they are cut', () => {
    const messages = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 8 });
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(messages, cuts, (list, sizes) => {
        const wire = Buffer.concat(list.map(encodeMessage));
        const reader = new FrameReader(maximumMessage);
        const read: unknown[] = [];
        for (let start = 0, index = 0; start < wire.length; index++) {
          const size = sizes[index % sizes.length] ?? 1;
          read.push(...reader.read(wire.subarray(start, start + size)));
          start += size;
        }
        assert.deepEqual(read, JSON.parse(JSON.stringify(list)));
      }),
    );
  });

  test('longer than a frame go over several, and no character is cut in two', () => {
    for (const length of [maximumFrame - 2, maximumFrame - 1, maximumFrame, 5 * maximumFrame + 1]) {
      const reader = new FrameReader(maximumMessage);
      const text = 'x'.repeat(length % 4) + '😀'.repeat(length / 4);
      assert.deepEqual([...reader.read(encodeMessage(text))], [text]);
    }
  });

  test('that are too long are refused, in one frame and in many', () => {
    const frame = Buffer.alloc(4);
    frame.writeUInt32BE(maximumFrame + 1);
    assert.throws(() => [...new FrameReader(maximumMessage).read(frame)], {
      message: /^a frame of 1048577 bytes/,
    });
    const long = encodeMessage('x'.repeat(3 * maximumFrame));
    assert.throws(() => [...new FrameReader(2 * maximumFrame).read(long)], {
      message: /^a message of more than/,
    });
  });
});

function isOutcome(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'outcome';
}

suite('a server', () => {
  const failing: readonly (readonly [string, (peer: Peer) => void, RegExp])[] = [
    [
      'a frame that is too long',
      (peer) => peer.sendBytes(Buffer.from([0x7f, 0xff, 0xff, 0xff, 1, 2, 3])),
      /a frame of 2147483647 bytes/,
    ],
    [
      'garbage',
      (peer) => peer.sendBytes(Buffer.from('GET / HTTP/1.1\r\nHost: levee\r\n\r\n')),
      /a frame of \d+ bytes/,
    ],
    ['a frame of garbage', (peer) => peer.sendBytes(Buffer.from([0, 0, 0, 3, 0xff, 0x7b, 0x22])), /JSON/],
    ['an empty frame', (peer) => peer.sendBytes(Buffer.alloc(4)), /JSON/],
    [
      'brackets without an end',
      (peer) => peer.sendBytes(Buffer.concat([Buffer.from([0, 0, 0xf0, 0]), Buffer.alloc(0xf000, '[')])),
      /JSON/,
    ],
    [
      'an unknown message',
      (peer) => peer.send({ type: 'open', origin: 'x', credentials: noCredentials }, { type: 'reboot' }),
      /does not know/,
    ],
    ['no object', (peer) => peer.send(null), /does not know/],
    ['wrong fields', (peer) => peer.send({ type: 'execute', text: 5 }), /does not know/],
    [
      'an answer that is none',
      (peer) =>
        peer.send({ type: 'open', origin: 'x', credentials: noCredentials }, { type: 'answer', value: {} }),
      /does not know/,
    ],
    [
      'options that are none',
      (peer) => peer.send({ type: 'batch', options: { check: 'yes' } }),
      /does not know/,
    ],
    [
      'a request before the session',
      (peer) => peer.send({ type: 'execute', text: 'show' }),
      /before the session was opened/,
    ],
    [
      'a batch out of nowhere',
      (peer) => peer.send({ type: 'open', origin: 'x', credentials: noCredentials }, { type: 'run' }),
      /not announced/,
    ],
  ];
  for (const [name, act, reason] of failing) {
    test(`that gets ${name} says why, closes, and serves the others`, async (context) => {
      const served = await serve(context);
      const peer = await served.peer();
      act(peer);
      await peer.closed;
      assert.match(JSON.stringify(peer.received.at(-1)), reason);
      assert.match(JSON.stringify(peer.received.at(-1)), /"type":"failed"/);
      const other = await served.connect('other');
      assert.equal((await other.state()).prompt, 'Levee # ');
      other.close();
    });
  }

  test('that can not accept goes on with the next client', async (context) => {
    const servers: Server[] = [];
    const listens = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || !('server' in message)) return;
      if (message.server instanceof Server) servers.push(message.server);
    };
    subscribe('tracing:net.server.listen:asyncEnd', listens);
    const served = await serve(context);
    unsubscribe('tracing:net.server.listen:asyncEnd', listens);
    const [server] = servers;
    assert.ok(server);
    // As Node tells of an accept(2) that fails for want of descriptors or memory.
    for (let count = 0; count < 3; count++) server.emit('error', new Error('accept EMFILE'));
    const other = await served.connect('other');
    assert.equal((await other.state()).prompt, 'Levee # ');
    other.close();
  });

  test('keeps nothing of what comes after a failure', async (context) => {
    const served = await serve(context);
    const peer = await served.peer();
    peer.sendBytes(Buffer.from([0x7f, 0xff, 0xff, 0xff]));
    const before = process.memoryUsage().arrayBuffers;
    let sent = 0;
    const flood = (): void => {
      while (sent < 400 && peer.socket.write(Buffer.alloc(maximumFrame))) sent++;
    };
    peer.socket.on('drain', flood);
    flood();
    await peer.closed;
    assert.ok(process.memoryUsage().arrayBuffers - before < 64 * maximumFrame);
  });

  test('waits for the rest of half a frame, and forgets it with the client', async (context) => {
    const served = await serve(context);
    const peer = await served.peer();
    const open = encodeMessage({ type: 'open', origin: 'halves', credentials: noCredentials });
    peer.sendBytes(open.subarray(0, 9));
    const other = await served.connect('other');
    assert.equal((await other.state()).prompt, 'Levee # ');
    assert.deepEqual(served.origins, ['other']);
    peer.sendBytes(open.subarray(9));
    peer.send({ type: 'state' });
    await until('it is answered', () => peer.received.length === 2);
    assert.deepEqual(served.origins, ['other', 'halves']);
    peer.sendBytes(open.subarray(0, 9));
    peer.socket.destroy();
    assert.equal((await other.state()).prompt, 'Levee # ');
    other.close();
  });

  test('drops the row of a client that vanishes', async (context) => {
    const served = await serve(context);
    const vanishing = await served.connect('vanishing');
    const { outcome } = await collect((emit) =>
      vanishing.execute('config log trigger-policy\nedit "half"', emit),
    );
    assert.equal(outcome.prompt, 'Levee (half) # ');
    vanishing.close();
    const other = await served.connect('other');
    const lines = 'config log trigger-policy\nedit "half"\nnext\nend';
    assert.equal((await collect((emit) => other.execute(lines, emit))).outcome.status, 0);
    assert.equal(served.levee.configuration.view.revision, 1);
    other.close();
  });

  test('applies nothing of a batch whose client vanishes before its end', async (context) => {
    const served = await serve(context);
    const peer = await served.peer();
    const bytes = Buffer.from(rules(2000)).toString('base64');
    peer.send({ type: 'open', origin: 'x', credentials: noCredentials });
    await until('the session is open', () => peer.received.length === 1);
    peer.send({ type: 'batch', options: whole }, { type: 'source', name: 'a' }, { type: 'chunk', bytes });
    const half = encodeMessage({ type: 'chunk', bytes });
    peer.sendBytes(half.subarray(0, half.length / 2));
    peer.socket.end();
    await peer.closed;
    assert.equal(served.levee.configuration.view.revision, 0);
  });

  test('stops a batch whose client vanishes while it runs', async (context) => {
    const served = await serve(context);
    const peer = await served.peer();
    const bytes = Buffer.from(rules(60_000)).toString('base64');
    peer.send({ type: 'open', origin: 'x', credentials: noCredentials });
    await until('the session is open', () => peer.received.length === 1);
    peer.send({ type: 'batch', options: whole }, { type: 'source', name: 'a' });
    peer.send({ type: 'chunk', bytes }, { type: 'run' }, { type: 'run' });
    peer.socket.destroy();
    const other = await served.connect('other');
    await other.state();
    await peer.closed;
    other.close();
    assert.equal(served.levee.configuration.view.revision, 0);
  });

  test('takes a batch of many megabytes in several texts, byte for byte', async (context) => {
    const served = await serve(context);
    const client = await served.connect('big');
    const sources = [
      rules(4000),
      `config log trigger-policy\nedit "last 😀"\nnext\nend\n`,
      '# only a remark',
    ].map((text, index) => ({
      name: `${index}.conf`,
      bytes: Buffer.from(`${text}# ${'é'.repeat(700_000)}\n`),
    }));
    const reply = await collect((emit) => client.batch(sources, whole, emit));
    assert.deepEqual([reply.outcome.status, reply.problems, reply.notices], [0, [], '']);
    assert.equal(served.levee.configuration.view.revision, 1);
    const shown = await collect((emit) => client.execute('show', emit));
    assert.equal(shown.output, await served.levee.show());
    client.close();
  });

  test('keeps two clients apart that have rows open', async (context) => {
    const served = await serve(context);
    const [anna, bert] = [await served.connect('anna'), await served.connect('bert')];
    const type = (client: typeof anna, text: string) => collect((emit) => client.execute(text, emit));
    await Promise.all([
      type(anna, 'config log trigger-policy\nedit "a"'),
      type(bert, 'config log trigger-policy\nedit "b"'),
    ]);
    const prompts = (await Promise.all([anna.state(), bert.state()])).map(({ prompt }) => prompt);
    assert.deepEqual(prompts, ['Levee (a) # ', 'Levee (b) # ']);
    await Promise.all([type(anna, 'next'), type(bert, 'next')]);
    assert.match(await served.levee.show(), /edit "a"\n {2}next\n {2}edit "b"/);
    anna.close();
    bert.close();
  });

  test('does no more for a client that does not read, and goes on where it reads again', async (context) => {
    let executed = 0;
    const part: ReplyPart = { kind: 'output', text: 'x'.repeat(512 * 1024) };
    const served = await serve(context, () => {
      executed += 1;
      return [part];
    });
    const socket = createConnection(served.socket);
    context.after(() => socket.destroy());
    const requests = 60;
    socket.write(encodeMessage({ type: 'open', origin: 'deaf', credentials: noCredentials }));
    for (let count = 0; count < requests; count++)
      socket.write(encodeMessage({ type: 'execute', text: 'show' }));
    const other = await served.connect('other');
    for (let count = 0; count < 20; count++) await other.state();
    assert.ok(executed < 20, `${executed} requests of a client that reads nothing were carried out`);
    let outcomes = 0;
    const reader = new FrameReader(Number.POSITIVE_INFINITY);
    socket.on('data', (chunk: Buffer) => {
      for (const message of reader.read(chunk)) if (isOutcome(message)) outcomes++;
    });
    await until('every request is answered', () => outcomes === requests);
    other.close();
  });
});

suite('a client', () => {
  test('hears a reply of any length whole', async (context) => {
    const text = `${'😀'.repeat(1_500_000)}end`;
    const served = await serve(context, () => [
      { kind: 'output', text },
      { kind: 'notice', text },
    ]);
    const client = await served.connect('x');
    const reply = await collect((emit) => client.execute('show', emit));
    assert.ok(reply.output === text && reply.notices === text);
    client.close();
  });

  test('may type a value of megabytes', async (context) => {
    const served = await serve(context);
    const client = await served.connect('x');
    const text = `config server-policy server-pool\nedit "p"\nset comment "${'x'.repeat(10 * maximumFrame)}"`;
    const reply = await collect((emit) => client.execute(text, emit));
    assert.deepEqual(
      reply.problems.map(({ error }) => error),
      ['beyond-limit'],
    );
    client.close();
  });

  test('answers with a text, or why it has none', async (context) => {
    const served = await serve(context);
    const client = await served.connect('x');
    const load = (answer: Answer) =>
      collect((emit) =>
        client.execute('execute scripting load a file', (part) => {
          if (part.kind === 'file-wanted') client.answer(answer);
          else emit(part);
        }),
      );
    const refused = await load({ reason: 'it is on the other machine' });
    assert.deepEqual(
      refused.problems.map(({ expected }) => expected),
      ['it is on the other machine'],
    );
    const text = `-- ${'é'.repeat(32_000)}\n`;
    assert.equal((await load(text)).outcome.status, 0);
    assert.match(await served.levee.show(), /set script "-- é{32000}\n"/);
    client.close();
  });

  test('restores a file that is longer than a message may be', async (context) => {
    const served = await serve(context);
    const client = await served.connect('x');
    const remark = `# ${'😀'.repeat(100_000)}\n`;
    const file = `${rules(1)}${remark.repeat((1.25 * maximumMessage) / Buffer.byteLength(remark))}`;
    const restored = await collect((emit) =>
      client.execute('execute restore config file merge yes', (part) => {
        if (part.kind === 'file-wanted') {
          assert.ok(part.longest > Buffer.byteLength(file));
          client.answer(file);
        } else emit(part);
      }),
    );
    assert.deepEqual([restored.outcome.status, restored.problems], [0, []]);
    assert.match(await served.levee.show(), /edit "r0"/);
    client.close();
  });

  test('is told where a file has no room beside those of others', async (context) => {
    const received = { each: maximumMessage, all: 2 * maximumFrame, free: maximumFrame };
    const served = await serve(context, undefined, { ...doorLimits, received });
    const client = await served.connect('x');
    const restored = await collect((emit) =>
      client.execute('execute restore config file merge yes', (part) => {
        if (part.kind === 'file-wanted') client.answer('#'.repeat(5 * maximumFrame));
        else emit(part);
      }),
    );
    assert.deepEqual(
      restored.problems.map(({ expected }) => expected),
      ['there is no room for it now: try again later'],
    );
    assert.equal((await client.state()).status, 0);
    client.close();
  });

  test('is told when the server ends the session', async (context) => {
    const served = await serve(context);
    const client = await served.connect('x');
    await client.state();
    const bytes = Buffer.from(rules(60_000));
    const importing = client.batch([{ name: 'a', bytes }], whole, () => undefined);
    served.stop();
    await assert.rejects(importing, { message: 'Levee has ended the session' });
    await assert.rejects(client.state(), { message: 'Levee has ended the session' });
  });

  test('whose account is deleted is told at once, or by the command that runs, and then has no connection', async (context) => {
    const served = await serve(context);
    const admin = served.levee.as('anna');
    for (const isBusy of [false, true]) {
      await admin.type('config system admin', 'edit bob', 'set access-profile prof_admin', 'next', 'end');
      const session = await served.connect('bob');
      await collect((emit) => session.execute('config waf layer4-connection-flood-check-rule', emit));
      const asked = Promise.withResolvers<void>();
      await collect((emit) => session.execute('edit "one"\nnext', emit));
      const running = isBusy
        ? collect((emit) =>
            session.execute('purge', (part) => {
              if (part.kind === 'question') asked.resolve();
              emit(part);
            }),
          )
        : session.revoked;
      if (isBusy) await asked.promise;
      await admin.type('config system admin', 'delete bob', 'end');
      const reason = 'Levee has ended this session: the account "bob" was deleted by anna';
      const told = await running;
      if (typeof told === 'string') assert.equal(told, reason);
      else assert.deepEqual([told.outcome.revoked, told.notices], [true, `${reason}\n`]);
      await assert.rejects(session.state(), /has ended/);
    }
  });

  test('learns from connect(2) that nobody is there', async (context) => {
    const served = await serve(context);
    await assert.rejects(served.connect.call({ ...served, socket: `${served.socket}.no` }, 'x'), {
      code: 'ENOENT',
    });
  });
});
