import { connect } from 'node:net';
import { type CheckResult, failedWith, noAnswer, passed } from '../check-result.ts';
import type { Checker } from '../checker.ts';
import { isItself, metItself } from '../itself.ts';

export default function tcpChecker(): Checker {
  return {
    check: ({ address, port }, { timeout }, signal) => checkTcp(address, port, timeout * 1000, signal),
  };
}

/** Whether a port takes a connection. `timeout` in milliseconds. An abort gives a result that nobody should use. */
function checkTcp(address: string, port: number, timeout: number, signal: AbortSignal): Promise<CheckResult> {
  const { promise, resolve } = Promise.withResolvers<CheckResult>();
  const socket = connect({ host: address, port, signal });
  const timer = setTimeout(() => end(noAnswer(timeout)), timeout);
  const end = (result: CheckResult): void => {
    clearTimeout(timer);
    socket.destroy();
    resolve(result);
  };
  socket.on('connect', () => end(isItself(socket) ? metItself : passed));
  socket.on('error', (error) => end(failedWith(error)));
  return promise;
}
