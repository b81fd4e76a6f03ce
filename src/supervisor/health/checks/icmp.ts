import type { HealthCheck } from '../../../policy/snapshot.ts';
import { messageOf } from '../../../text/reason.ts';
import { tokenBytes } from '../../echo/echo-message.ts';
import { type EchoResult, EchoSockets, isRefused } from '../../echo/echo-sockets.ts';
import { type CheckResult, failedWith, noAnswer, passed } from '../check-result.ts';
import type { Checker, HealthTarget } from '../checker.ts';

export default function icmpChecker(): Checker {
  return new Pinger();
}

class Pinger implements Checker {
  readonly #sockets = new EchoSockets();

  async check({ address }: HealthTarget, check: HealthCheck, signal: AbortSignal): Promise<CheckResult> {
    const timeout = check.timeout * 1000;
    let result: EchoResult;
    try {
      result = await this.#sockets.ask(address, { size: tokenBytes, timeout }, signal);
    } catch (error) {
      return { type: isRefused(error) ? 'refused' : 'not-made', reason: messageOf(error) };
    }
    switch (result.type) {
      case 'answered':
        return passed;
      case 'silent':
        return noAnswer(timeout);
      case 'failed':
        return failedWith(result.error);
    }
  }

  close(): Promise<void> {
    return this.#sockets.close();
  }
}
