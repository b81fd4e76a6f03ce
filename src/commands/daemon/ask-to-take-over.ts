import { setTimeout as pause } from 'node:timers/promises';
import { RemoteSession } from '../../doors/socket/remote-session.ts';
import type { EnforcerReport } from '../../system/running-reports.ts';
import type { Entry } from '../command-line/command.ts';
import { printTo } from '../io/output.ts';
import { enter, ownOrConnect } from '../session/attach.ts';

const origin = 'levee daemon --take-over';
/** Milliseconds between two looks at who serves. */
const interval = 100;

/**
 * Has the Levee that runs be replaced by a process of the code that is there now. Resolves to the exit status: 0 once that
 * serves.
 */
export async function askToTakeOver(entry: Entry): Promise<number> {
  const asked = await ask(entry, 'execute restart hot | json');
  if ('status' in asked) return asked.status;
  const successor = numberIn(asked.text, 'process');
  for (;;) {
    await pause(interval);
    const report = await ask(entry, 'diagnose system enforcer | json');
    if ('status' in report) return report.status;
    if (numberIn(report.text, 'process') === successor) {
      entry.caller.report(`levee: process ${successor} serves`);
      return 0;
    }
    if (numberIn(report.text, 'successor') !== successor)
      throw new Error(`process ${successor} could not take over: "execute log display event" says why`);
  }
}

/** What the Levee that runs answers, or the exit status of a command that it has refused. */
async function ask(
  { open, credentials, caller }: Entry,
  command: string,
): Promise<{ readonly text: string } | { readonly status: number }> {
  const levee = await ownOrConnect(open(), origin, caller);
  if (!(levee instanceof RemoteSession)) {
    await levee.close();
    throw new Error('no Levee runs there that could be taken over from: start one without --take-over');
  }
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
  } finally {
    await levee.close();
  }
}

function numberIn(text: string, key: keyof EnforcerReport): number {
  const report: Partial<EnforcerReport> = JSON.parse(text);
  return Number(report[key]);
}
