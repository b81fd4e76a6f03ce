import { loadLanguage } from '../../cli/language/language.ts';
import { Owner } from '../../daemon/owner.ts';
import type { Placement } from '../../daemon/placement.ts';
import { own, type Running, start } from '../../daemon/running.ts';
import { keepInformed } from '../../daemon/service/keep-informed.ts';
import { lentBy } from '../../daemon/service/lent-sockets.ts';
import { serviceManager } from '../../daemon/service/service-manager.ts';
import type { HandOver } from '../../daemon/succession/hand-over.ts';
import { OldProcess } from '../../daemon/succession/inheritance.ts';
import { startSuccessor, successorVariable } from '../../daemon/succession/new-process.ts';
import { offerSuccession } from '../../daemon/succession/offer.ts';
import { restarted } from '../../events/lifecycle.ts';
import { counted } from '../../text/plural.ts';
import { messageOf } from '../../text/reason.ts';
import type { Entry } from '../command-line/command.ts';
import type { Caller } from '../io/caller.ts';
import { endRunning, hurryOn, stopped } from '../session/end-running.ts';
import { heedSignals } from '../session/heed-signals.ts';

/** Of these SIGHUP is none: a daemon has no terminal that could go away. */
const endingSignals = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

/** Runs Levee in the foreground until it is told to stop, or another process has taken over. `takesOver`: as that one. */
export async function runDaemon({ open, caller }: Entry, takesOver: boolean): Promise<number> {
  const report = (line: string): void => caller.report(`levee: ${line}`);
  let asked: number | undefined;
  const stop = caller.stopSignal(endingSignals).then((signal) => {
    asked = performance.now();
    return signal;
  });
  let reopen = (): void => undefined;
  caller.onSignal('SIGHUP', () => reopen());
  const manager = await serviceManager(caller.environment, report);
  const placement = await caller.setApart();
  const begin = takesOver ? takeOver : beginAnew;
  const running = await begin(open, caller.environment, placement, report);
  heedSignals(running, caller, report);
  if (asked !== undefined && !takesOver) {
    // Nobody has been told that it is ready, and no process before it has connections.
    await stopped(running.stop({ asked, hurry: hurryOn(caller.stopSignal, endingSignals) }));
    return 0;
  }
  const { owner, enforcer } = running;
  const offer = offerSuccession(running, () =>
    startSuccessor(owner.state.path, caller.environment, placement.processors),
  );
  const listeners = enforcer.workers.status().listeners.filter(({ message }) => message === '');
  const informing = keepInformed(manager, running, takesOver);
  reopen = () => {
    enforcer.logs.reopen();
    informing.reloaded();
  };
  report(`running in ${owner.state.path}, ${counted(listeners.length, 'listener')}`);
  const end = await Promise.race([stop, offer.succeeded]);
  const handOver = typeof end === 'string' ? await offer.callOff() : end;
  if (handOver === undefined) {
    report(`stopping on ${await stop}`);
    informing.stopping();
    await endRunning(running, caller, endingSignals);
  } else {
    informing.succeeded();
    await seeOut(handOver, running, caller, stop, report);
  }
  return 0;
}

type Begin = (
  open: Entry['open'],
  environment: NodeJS.ProcessEnv,
  placement: Placement,
  report: (line: string) => void,
) => Promise<Running>;

const beginAnew: Begin = async (open, environment, placement, report) => {
  const given = await lentBy(environment, report);
  const owner = await own(open(), 'levee daemon', report);
  return start(owner, report, placement, given === undefined ? {} : { given });
};

const takeOver: Begin = async (open, environment, placement, report) => {
  const state = open();
  // Before all stands still: what takes long is done by then.
  await loadLanguage();
  const predecessor = new OldProcess();
  const { given } = predecessor;
  try {
    const { lock, addresses } = await predecessor.owned;
    const owner = await Owner.inherit(state, 'levee daemon', report, lock);
    const running = await start(owner, report, placement, { given, addresses, predecessor });
    owner.journal.record(restarted({ process: Number(environment[successorVariable]) }));
    predecessor.send({ type: 'serving' });
    return running;
  } catch (error) {
    predecessor.send({ type: 'failed', reason: messageOf(error) });
    await predecessor.end();
    throw error;
  }
};

/** Another process serves: connections have the time that they take, or, once this one is told to stop, that is configured. */
async function seeOut(
  handOver: HandOver,
  { owner }: Running,
  { stopSignal }: Caller,
  stop: Promise<unknown>,
  report: (line: string) => void,
): Promise<void> {
  const { drain } = owner.configuration.compiled.ending;
  void stop.then(() => {
    handOver.endWithin(drain);
    hurryOn(stopSignal, endingSignals).addEventListener('abort', () => handOver.endWithin(0));
  });
  await handOver.seeOut(drain, () =>
    report(
      `the process that has taken over is gone: connections are reset in ${counted(drain / 1000, 'second')}`,
    ),
  );
}
