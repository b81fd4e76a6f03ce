import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Resolver } from '../../src/supervisor/members/resolver.ts';

type Answer = readonly string[] | Error;

class Server {
  readonly told: string[] = [];
  readonly asked: string[] = [];
  readonly names: Resolver;
  readonly #context: TestContext;

  constructor(context: TestContext, answers: ReadonlyMap<string, Answer>) {
    this.#context = context;
    context.mock.timers.enable({ apis: ['setTimeout'] });
    this.names = new Resolver(
      {
        changed: (name, address, before) => this.told.push(`${name}: ${before} -> ${address}`),
        failed: (name, reason) => this.told.push(`${name}: ${reason}`),
      },
      (name) => {
        this.asked.push(name);
        const answer = answers.get(name) ?? [];
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    );
  }

  async pass(milliseconds: number): Promise<void> {
    await turn();
    this.#context.mock.timers.tick(milliseconds);
    await turn();
  }
}

test('a name keeps its address for as long as it is among the answers', async (context) => {
  const answers = new Map<string, Answer>([['a', ['192.0.2.1', '192.0.2.2']]]);
  const server = new Server(context, answers);
  server.names.watch(new Set(['a']));
  assert.equal(server.names.address('a'), '');
  await turn();
  assert.equal(server.names.address('a'), '192.0.2.1');
  answers.set('a', ['192.0.2.3', '192.0.2.2', '192.0.2.1']);
  await server.pass(30_000);
  assert.equal(server.names.address('a'), '192.0.2.1');
  answers.set('a', ['192.0.2.3', '192.0.2.2']);
  await server.pass(30_000);
  assert.deepEqual(server.told, ['a:  -> 192.0.2.1', 'a: 192.0.2.1 -> 192.0.2.3']);
  assert.equal(server.asked.length, 3);
  server.names.stop();
});

test('a name that fails keeps what it had; that is told once, and again when it fails anew', async (context) => {
  const answers = new Map<string, Answer>([['a', new Error('no such name')]]);
  const server = new Server(context, answers);
  server.names.watch(new Set(['a']));
  await server.pass(5000);
  await server.pass(5000);
  assert.deepEqual(server.told, ['a: no such name']);
  answers.set('a', ['192.0.2.1']);
  await server.pass(5000);
  answers.set('a', []);
  await server.pass(30_000);
  await server.pass(30_000);
  assert.equal(server.names.address('a'), '192.0.2.1');
  assert.deepEqual(server.told, ['a: no such name', 'a:  -> 192.0.2.1', 'a: it has no address']);
  server.names.stop();
});

test('a name that nobody wants any more is asked for no more, and its late answer is nobody’s', async (context) => {
  const server = new Server(context, new Map<string, Answer>([['a', ['192.0.2.1']]]));
  server.names.watch(new Set(['a', 'b']));
  server.names.watch(new Set(['b']));
  await server.pass(60_000);
  server.names.stop();
  await server.pass(60_000);
  assert.deepEqual(server.told, ['b: it has no address']);
  assert.equal(server.asked.filter((name) => name === 'a').length, 1);
});
