import type { Running } from '../daemon/running.ts';
import { counted } from '../text/plural.ts';
import { type Command, UsageError } from './command-line/command.ts';
import { endRunning, hurryOn, stopped } from './session/end-running.ts';
import { heedSignals } from './session/heed-signals.ts';

/** Of these SIGHUP is none: a daemon has no terminal that could go away. */
const endingSignals = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

export default {
  parameters: '',
  help: 'Run the enforcer in the foreground',
  examples: ['levee daemon --state /var/lib/levee'],
  async run({ open, words, caller }) {
    const [word] = words;
    if (word !== undefined) throw new UsageError(`daemon takes no ${word}`);
    const reportEvent = (line: string): void => caller.report(`levee: ${line}`);
    let asked: number | undefined;
    const stop = caller.stopSignal(endingSignals).then((signal) => {
      asked = performance.now();
      return signal;
    });
    let running: Running | undefined;
    let reopened = (): void => undefined;
    caller.onSignal('SIGHUP', () => {
      running?.enforcer.logs.reopen();
      reopened();
    });
    // Here, as in the other commands: the help of all loads each file.
    const { own, start } = await import('../daemon/running.ts');
    const { serviceManager } = await import('../daemon/service/service-manager.ts');
    const { keepInformed } = await import('../daemon/service/keep-informed.ts');
    const manager = await serviceManager(caller.environment, reportEvent);
    const { lentBy } = await import('../daemon/service/lent-sockets.ts');
    const lent = await lentBy(caller.environment, reportEvent);
    const owner = await own(open(), 'levee daemon', reportEvent);
    running = await start(owner, reportEvent, await caller.setApart(), lent);
    heedSignals(running, caller, reportEvent);
    if (asked !== undefined) {
      // Nobody has been told that it is ready.
      await stopped(running.stop({ asked, hurry: hurryOn(caller.stopSignal, endingSignals) }));
      return 0;
    }
    const listeners = running.enforcer.workers.status().listeners.filter(({ message }) => message === '');
    const informing = keepInformed(manager, running);
    reopened = () => informing.reloaded();
    reportEvent(`running in ${running.owner.state.path}, ${counted(listeners.length, 'listener')}`);
    reportEvent(`stopping on ${await stop}`);
    informing.stopping();
    await endRunning(running, caller, endingSignals);
    return 0;
  },
} satisfies Command;
