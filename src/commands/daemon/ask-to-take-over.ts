import { setTimeout as pause } from 'node:timers/promises';
import { isHeld } from '../../daemon/state/lock.ts';
import { RemoteSession } from '../../doors/socket/remote-session.ts';
import type { EnforcerReport } from '../../system/reports/running.ts';
import { codeOf } from '../../text/reason.ts';
import type { Entry } from '../command-line/command.ts';
import { printTo } from '../io/output.ts';
import { enter } from '../session/attach.ts';

const origin = 'levee daemon --take-over';
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
  const asked = await ask(first, entry, 'execute restart hot | json');
  if (asked === undefined) throw new Error(hasEnded);
  if ('status' in asked) return asked.status;
  const successor = numberIn(asked.text, 'process');
  const { directory }: { readonly directory?: string } = JSON.parse(asked.text);
  for (const end = performance.now() + patience; performance.now() < end; await pause(interval)) {
    // While one lets nobody in any more, the other one does not yet.
    const levee = await connect(entry);
    const report = levee && (await ask(levee, entry, 'diagnose system enforcer | json'));
    if (report === undefined) {
      // Those who hand over have the lock between them all the time.
      if (!isHeld(entry.openToRead().lock)) throw new Error(hasEnded);
      continue;
    }
    if ('status' in report) return report.status;
    if (numberIn(report.text, 'process') === successor) {
      const code = directory === undefined ? '' : `, of the code in ${directory}`;
      entry.caller.report(`levee: process ${successor} serves${code}`);
      return 0;
    }
    if (numberIn(report.text, 'successor') !== successor)
      throw new Error(`process ${successor} could not take over: "execute log display event" says why`);
  }
  throw new Error(`nobody answers for process ${successor}, which was to take over`);
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

/**
 * What the Levee that runs answers, or the exit status of a command that it has refused. Undefined: it lets nobody in any
 * more.
 */
async function ask(
  levee: RemoteSession,
  { credentials, caller }: Entry,
  command: string,
): Promise<{ readonly text: string } | { readonly status: number } | undefined> {
  try {
    const { session } = await enter(levee, origin, credentials(), () => Promise.resolve(null));
    const print = printTo(caller);
    let text = '';
    const { status } = await session.execute(command, (part) => {
      if (part.kind === 'output') text += part.text;
      else print(part);
    });
    session.close();
    return status === 0 ? { text } : { status };
  } catch (error) {
    if (levee.isLost) return undefined;
    throw error;
  } finally {
    await levee.close();
  }
}

function numberIn(text: string, key: keyof EnforcerReport): number {
  const report: Partial<EnforcerReport> = JSON.parse(text);
  return Number(report[key]);
}
