import assert from 'node:assert/strict';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import type { Event } from '../../src/events/events.ts';
import { SendingQueue } from '../../src/logs/sending/sending-queue.ts';

/** A queue of three to a destination that takes things when it is told to; never, if it is not. */
function silentQueue(): {
  readonly queue: SendingQueue<number>;
  readonly told: Event[];
  readonly sent: number[];
  readonly take: () => void;
} {
  const told: Event[] = [];
  const sent: number[] = [];
  let take = (): void => undefined;
  const send = async (items: readonly number[], signal: AbortSignal): Promise<void> => {
    const taken = new Promise<void>((resolve) => {
      take = resolve;
    });
    await Promise.race([taken, once(signal, 'abort').then(() => Promise.reject(new Error('given up')))]);
    sent.push(...items);
  };
  const way = { name: 'silent', limit: 3, batch: 3, delay: 0, send };
  const queue = new SendingQueue<number>(way, { first: 1, longest: 1 }, (event) => told.push(event));
  return { queue, told, sent, take: () => take() };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

suite('the queue of a destination', () => {
  test('that takes nothing any more tells at the end how many were lost, and nothing after that', async () => {
    const { queue, told, sent } = silentQueue();
    for (let item = 1; item <= 7; item++) queue.push(item);
    await queue.drain(1);
    await turns();
    assert.deepEqual(told, [
      { type: 'records-dropped', destination: 'silent', reason: 'they come faster than they can be sent' },
      { type: 'records-lost', destination: 'silent', dropped: 7 },
    ]);
    assert.deepEqual([sent, queue.status.dropped], [[], 7]);
  });

  test('tells that they are sent again only when some were', async () => {
    const { queue, told, sent, take } = silentQueue();
    for (let item = 1; item <= 7; item++) queue.push(item);
    await turns();
    take();
    await turns();
    assert.deepEqual(sent, [1, 2, 3]);
    assert.deepEqual(told.slice(1), [{ type: 'records-sent-again', destination: 'silent', dropped: 4 }]);
    await queue.drain(1);
    assert.equal(told.length, 2);
  });

  test('takes over what others had left, in order, with what they had not told', async () => {
    const [first, second, third] = [silentQueue(), silentQueue(), silentQueue()];
    for (let item = 1; item <= 5; item++) first.queue.push(item);
    await turns();
    void first.queue.stop();
    await second.queue.stop();
    second.queue.adopt(first.queue);
    third.queue.adopt(second.queue);
    await turns();
    third.take();
    await turns();
    assert.deepEqual([first.sent, second.sent, third.sent], [[], [], [1, 2, 3]]);
    assert.deepEqual(
      [first, second, third].map(({ told }) => told.at(-1)?.type),
      ['records-dropped', undefined, 'records-sent-again'],
    );
  });
});
