import { restartBegun, restartFailed } from '../../events/lifecycle.ts';
import type { Author } from '../../system/system.ts';
import { messageOf } from '../../text/reason.ts';
import type { Running } from '../running.ts';
import { HandOver, type NewProcess } from './hand-over.ts';

/** Milliseconds in which whoever has asked is answered, before all sessions end. */
const answering = 100;

/** Lets administrators have a new process take over. Resolves when one has. */
export function offerSuccession(running: Running, spawn: () => NewProcess): Promise<HandOver> {
  const { owner, enforcer } = running;
  const { system } = enforcer;
  const succeeded = Promise.withResolvers<HandOver>();
  const carryOut = async (handOver: HandOver): Promise<void> => {
    try {
      await handOver.carryOut();
      succeeded.resolve(handOver);
    } catch (error) {
      owner.journal.record(restartFailed({ reason: messageOf(error) }));
      system.successor = 0;
    }
  };
  system.replace = async ({ name, origin }: Author) => {
    const reason = reasonAgainst(running);
    if (reason !== undefined) throw new Error(reason);
    const process = spawn();
    system.successor = process.id;
    try {
      const handOver = await HandOver.prepare(running, process);
      owner.journal.record(restartBegun({ user: name, ui: origin, process: process.id }));
      setTimeout(() => void carryOut(handOver), answering);
      return { process: process.id };
    } catch (error) {
      system.successor = 0;
      throw error;
    }
  };
  return succeeded.promise;
}

/** Why no other process can take over now. */
function reasonAgainst({ owner, enforcer }: Running): string | undefined {
  const { stopping, engine, successor } = enforcer.system.status();
  if (stopping) return 'this Levee is about to end';
  if (successor !== 0) return `process ${successor} is about to take over already`;
  if (process.pid === 1)
    return 'with this process, which is the first of its container, all others would end';
  if (engine !== 'epoll') return `engine ${engine} can't hand over what it listens on: restart Levee`;
  return owner.standsAgainstSuccession;
}
