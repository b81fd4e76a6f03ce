/**
 * Clients and a member, on the machine of a test where this program runs: the parent asks for connections, which are held
 * until it asks for their end. What a node has refused is over, what it has admitted is greeted by the member.
 */
import { connect, type Socket } from 'node:net';
import { messageOf } from '../../../src/text/reason.ts';
import { echo, Member } from '../../network/member.ts';
import type { Answer, Question, Way } from './questions.ts';

const member = new Member(echo);
member.server.listen(7000, '0.0.0.0');

/** What is held, by its source and the node. */
const held = new Map<string, Set<Socket>>();
/** The most that each source held at all nodes together. */
const most = new Map<string, number>();

function keyOf({ from, to, port }: Way): string {
  return `${from} ${to}:${port}`;
}

function heldBy(from: string): number {
  let sum = 0;
  for (const [key, sockets] of held) if (key.startsWith(`${from} `)) sum += sockets.size;
  return sum;
}

/** Milliseconds after which a connection was forgotten: whoever asks would wait for ever. */
const patience = 30_000;

/** Whether it was admitted. Rejects where it was not refused either. */
function open(way: Way): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const key = keyOf(way);
  const sockets = held.get(key) ?? new Set();
  held.set(key, sockets);
  const socket = connect({ host: way.to, port: way.port, localAddress: way.from });
  const timer = setTimeout(
    () => reject(new Error(`${key} was neither admitted nor refused: it is ${socket.readyState}`)),
    patience,
  );
  socket.once('data', () => {
    clearTimeout(timer);
    sockets.add(socket);
    most.set(way.from, Math.max(most.get(way.from) ?? 0, heldBy(way.from)));
    resolve(true);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    clearTimeout(timer);
    sockets.delete(socket);
    resolve(false);
  });
  return promise;
}

async function openAll(ways: readonly Way[]): Promise<number> {
  const outcomes = await Promise.all(ways.map(open));
  return outcomes.filter((isAdmitted) => isAdmitted).length;
}

async function close(way: Way, count: number): Promise<number> {
  const sockets = [...(held.get(keyOf(way)) ?? [])].slice(0, count);
  await Promise.all(
    sockets.map((socket) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      socket.once('close', () => resolve());
      // What is closing is held no longer, whatever Levee thinks of it.
      held.get(keyOf(way))?.delete(socket);
      socket.end();
      return promise;
    }),
  );
  return sockets.length;
}

async function answerTo(question: Question): Promise<number> {
  switch (question.kind) {
    case 'open':
      return openAll(question.ways);
    case 'close':
      return close(question.way, question.count);
    case 'held':
      return heldBy(question.from);
    case 'most':
      return most.get(question.from) ?? 0;
  }
}

process.on('message', (question: Question & { readonly id: number }) => {
  const { id } = question;
  answerTo(question).then(
    (value) => process.send?.({ id, value } satisfies Answer),
    (error) => process.send?.({ id, failure: messageOf(error) } satisfies Answer),
  );
});
process.on('disconnect', () => process.exit());
member.server.on('listening', () => process.send?.({ id: 0, value: 0 } satisfies Answer));
