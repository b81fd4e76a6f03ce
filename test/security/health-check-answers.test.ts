import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { CheckResult } from '../../src/supervisor/health/check-result.ts';
import { checkHttp } from '../../src/supervisor/health/checks/http.ts';
import { startMember } from '../network/member.ts';

/** Long enough for any answer here that ends, and far shorter than for ever. */
const patience = 30_000;

/** What a check says of a member that answers a request with this. */
async function checked(
  context: TestContext,
  answer: (socket: Socket) => void,
  timeout: number,
): Promise<CheckResult> {
  const { port } = await startMember(context, (socket) => socket.once('data', () => answer(socket)));
  const check = {
    path: '/',
    method: 'get',
    matchType: 'match-content',
    responseCode: 200,
    matchContent: 'ready',
  } as const;
  return checkHttp({ address: '127.0.0.1', port, host: 'member' }, check, timeout, context.signal);
}

/** Says the same again and again, as fast as it is read. */
function forEver(text: string): (socket: Socket) => void {
  const much = Buffer.from(text.repeat(1000));
  return (socket) => {
    const fill = (): void => {
      if (!socket.destroyed && socket.write(much)) setImmediate(fill);
    };
    socket.on('drain', fill);
    fill();
  };
}

function afterwards(head: string, rest: (socket: Socket) => void): (socket: Socket) => void {
  return (socket) => {
    socket.write(head);
    rest(socket);
  };
}

test('no answer to a health check is read for ever', async (context) => {
  const endless: readonly [string, (socket: Socket) => void, RegExp][] = [
    ['interim responses', forEver('HTTP/1.1 100 Continue\r\n\r\n'), /more than 10 interim responses/],
    ['headers', afterwards('HTTP/1.1 200 OK\r\n', forEver('name: value\r\n')), /more than 256 KiB/],
    ['content', afterwards('HTTP/1.1 200 OK\r\n\r\n', forEver('not yet ')), /content does not match/],
    [
      'extensions of chunks',
      afterwards('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1', forEver(';name=value')),
      /overflow|more than 256 KiB/i,
    ],
  ];
  for (const [what, answer, reason] of endless) {
    const result = await checked(context, answer, patience);
    assert.ok(result.type === 'failed', what);
    assert.match(result.reason, reason, what);
  }
});

test('an answer to a health check that comes too slowly is none', async (context) => {
  const drip = (socket: Socket): void => {
    const timer = setInterval(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'.slice(0, 1)), 1);
    socket.on('close', () => clearInterval(timer));
  };
  const result = await checked(context, afterwards('HTTP/1.1 200 OK\r\nname: ', drip), 200);
  assert.deepEqual(result, { type: 'failed', reason: 'no answer in 0.2 s' });
});
