import { restartBegun, restartFailed } from '../../events/lifecycle.ts';
import type { Author } from '../../system/system.ts';
import { messageOf } from '../../text/reason.ts';
import { pausedFor } from '../../time/patience.ts';
import type { Running } from '../running.ts';
import { aboutToEnd, HandOver, type NewProcess } from './hand-over.ts';

/** Milliseconds in which whoever has asked is answered, before all sessions end. */
const answering = 100;

export type Offer = {
  /** Resolves when a new process has taken over. */
  readonly succeeded: Promise<HandOver>;
  /** None takes over any more. Resolves to the one that has by now; undefined: none has, and all is as it was. */
  callOff(): Promise<HandOver | undefined>;
};

/** Lets administrators have a new process take over. */
export function offerSuccession(running: Running, spawn: () => NewProcess): Offer {
  const { owner, enforcer } = running;
  const { system } = enforcer;
  const succeeded = Promise.withResolvers<HandOver>();
  const calledOff = new AbortController();
  const { signal } = calledOff;
  let underWay: Promise<HandOver | undefined> = Promise.resolve(undefined);
  const carryOut = async (handOver: HandOver): Promise<HandOver | undefined> => {
    await pausedFor(answering, signal);
    try {
      await handOver.carryOut();
      succeeded.resolve(handOver);
      return handOver;
    } catch (error) {
      owner.journal.record(restartFailed({ reason: messageOf(error) }));
      system.successor = 0;
      return undefined;
    }
  };
  system.replace = async ({ name, origin }: Author) => {
    const reason = signal.aborted ? aboutToEnd : reasonAgainst(running);
    if (reason !== undefined) throw new Error(reason);
    const process = spawn();
    system.successor = process.id;
    const prepared = HandOver.prepare(running, process, signal);
    const begun = prepared.then((handOver) => {
      owner.journal.record(restartBegun({ user: name, ui: origin, process: process.id }));
      return carryOut(handOver);
    });
    underWay = begun.catch(() => undefined);
    try {
      await prepared;
      return { process: process.id, directory: process.directory };
    } catch (error) {
      system.successor = 0;
      throw error;
    }
  };
  return {
    succeeded: succeeded.promise,
    callOff() {
      calledOff.abort();
      return underWay;
    },
  };
}

/** Why no other process can take over now. */
function reasonAgainst({ owner, enforcer }: Running): string | undefined {
  const { stopping, successor } = enforcer.system.status();
  if (stopping) return aboutToEnd;
  if (successor !== 0) return `process ${successor} is about to take over already`;
  if (process.pid === 1)
    return 'with this process, which is the first of its container, all others would end';
  return owner.standsAgainstSuccession;
}
