import { setTimeout as pause } from 'node:timers/promises';
import { isHeld } from '../../daemon/state/lock.ts';
import { RemoteSession } from '../../doors/socket/remote-session.ts';
import type { EnforcerReport } from '../../system/reports/running.ts';
import { codeOf } from '../../text/reason.ts';
import type { Entry } from '../command-line/command.ts';
import { printTo } from '../io/output.ts';
import { enter } from '../session/attach.ts';

const origin = 'levee daemon --take-over';
const whoServes = 'diagnose system enforcer | json';
const hasEnded = 'the Levee that runs has ended';
/** Milliseconds between two looks at who serves. */
const interval = 100;
/** Milliseconds that this waits for somebody to answer. */
const patience = 120_000;

/**
 * Has the Levee that runs be replaced by a process of the code that is there now. Resolves to the exit status: 0 once that
 * serves.
 */
export async function askToTakeOver(entry: Entry): Promise<number> {
  const first = await connect(entry);
  if (first === undefined)
    throw new Error('no Levee runs there that could be taken over from: start one without --take-over');
  const asked = await ask(first, entry, [whoServes, 'execute restart hot | json']);
  if (asked.status !== 0 && asked.status !== null) return asked.status;
  const [before, answer] = asked.texts;
  if (before === undefined) throw new Error(hasEnded);
  const former = numberIn(before, 'process');
  // All sessions end soon after the answer, and the answer with them where the machine has much to do.
  const successor = answer === undefined ? null : numberIn(answer, 'process');
  const { directory }: { readonly directory?: string } = JSON.parse(answer ?? '{}');
  const named = successor === null ? 'the new process' : `process ${successor}`;
  for (const end = performance.now() + patience; performance.now() < end; await pause(interval)) {
    // While one lets nobody in any more, the other one does not yet.
    const levee = await connect(entry);
    const { status, texts } = levee === undefined ? nobody : await ask(levee, entry, [whoServes]);
    const [report] = texts;
    if (report === undefined) {
      if (status !== null) return status;
      // Those who hand over have the lock between them all the time.
      if (!isHeld(entry.openToRead().lock)) throw new Error(hasEnded);
      continue;
    }
    const serving = numberIn(report, 'process');
    if (successor === null ? serving !== former : serving === successor) {
      const code = directory === undefined ? '' : `, of the code in ${directory}`;
      entry.caller.report(`levee: process ${serving} serves${code}`);
      return 0;
    }
    const awaited = numberIn(report, 'successor');
    if (successor === null ? awaited === 0 : awaited !== successor)
      throw new Error(`${named} could not take over: "execute log display event" says why`);
  }
  throw new Error(`nobody answers for ${named}, which was to take over`);
}

/** Undefined: nobody is there. */
async function connect({ openToRead }: Entry): Promise<RemoteSession | undefined> {
  const { socket } = openToRead();
  try {
    return await RemoteSession.connect(socket);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ECONNREFUSED') return undefined;
    throw error;
  }
}

/** What is answered to some commands, one after the other; `status`: of the one that was refused, null: nobody is there any more. */
type Answers = { readonly texts: readonly string[]; readonly status: number | null };
const nobody: Answers = { texts: [], status: null };

async function ask(
  levee: RemoteSession,
  { credentials, caller }: Entry,
  commands: readonly string[],
): Promise<Answers> {
  const texts: string[] = [];
  try {
    const { session } = await enter(levee, origin, credentials(), () => Promise.resolve(null));
    const print = printTo(caller);
    for (const command of commands) {
      let text = '';
      const { status } = await session.execute(command, (part) => {
        if (part.kind === 'output') text += part.text;
        else print(part);
      });
      if (status !== 0) return { texts, status };
      texts.push(text);
    }
    session.close();
    return { texts, status: 0 };
  } catch (error) {
    if (levee.isLost) return { texts, status: null };
    throw error;
  } finally {
    await levee.close();
  }
}

function numberIn(text: string, key: keyof EnforcerReport): number {
  const report: Partial<EnforcerReport> = JSON.parse(text);
  return Number(report[key]);
}
