import { join } from 'node:path';
import { askNewPassword } from '../../cli/operands/new-password.ts';
import { personText } from '../../cli/printing/person-text.ts';
import type { Opened } from '../../cli/session/open-session.ts';
import type { Owner } from '../../daemon/owner.ts';
import type { Running } from '../../daemon/running.ts';
import type { StateDirectory } from '../../daemon/state/state-directory.ts';
import { RemoteSession } from '../../doors/socket/remote-session.ts';
import type { Console, Ending } from '../../shell/console.ts';
import { openConsole } from '../../shell/open-console.ts';
import { type Credentials, type LoginRefusal, noCredentials } from '../../system/login.ts';
import { counted } from '../../text/plural.ts';
import { messageOf } from '../../text/reason.ts';
import type { Entry } from '../command-line/command.ts';
import type { Caller } from '../io/caller.ts';
import { enter, type LoginService, ownOrConnect } from './attach.ts';
import { heedSignals } from './heed-signals.ts';

const isEnforcer =
  'This prompt is the enforcer: stopped, it would let nobody in. Run "levee daemon" beside it first.';

/** Prompts for the Levee that runs in a state directory. Where none does, this process runs it while the prompt lasts. */
export async function runPrompt({ open, credentials, caller }: Entry): Promise<number> {
  const state = open();
  const levee = await ownOrConnect(state, 'a prompt', caller);
  let report = caller.report;
  // An owner that can't start what it is to run has closed itself.
  let end = async (): Promise<void> => (levee instanceof RemoteSession ? levee.close() : undefined);
  try {
    await atTerminal(caller, async (console) => {
      report = (event) => console.announce(`${event}\n`);
      if (levee instanceof RemoteSession) {
        await promptAt(console, levee, state, credentials());
        return;
      }
      const running = await run(levee, (event) => report(event), caller);
      end = () => endPrompt(running, caller);
      const guard = { greeting: protection, losses: () => [...guarded(running), ...uncommitted(levee)] };
      await promptAt(console, levee, state, credentials(), guard);
    });
  } finally {
    // The terminal is the person's again, who may not want to wait.
    report = caller.report;
    await end();
  }
  return 0;
}

/** Connections have their time also where a prompt ran Levee: whoever is at the terminal learns what is waited for. */
async function endPrompt(running: Running, caller: Caller): Promise<void> {
  const { endRunning } = await import('./end-running.ts');
  const connections = running.enforcer.workers.connectionCount();
  const { notice, drain } = running.owner.configuration.compiled.ending;
  const seconds = (notice + drain) / 1000;
  if (connections > 0 && seconds > 0)
    caller.report(
      `${counted(connections, 'connection')} may go on for ${counted(seconds, 'second')}; Ctrl-C resets them now`,
    );
  await endRunning(running, caller);
}

/** What ends with a prompt whose process runs Levee itself. */
export type Guard = {
  /** Says so, to a person who has come in; or ''. */
  readonly greeting: string;
  /** What ends that somebody may still want: whoever leaves is asked first. */
  losses(): readonly string[];
};

const protection =
  'Levee runs in this prompt, and protects for as long as that is open; "levee daemon" runs without one.';

/** Policies that listen, and would no more. */
function guarded({ owner }: Running): readonly string[] {
  const policies = owner.system?.policies(null) ?? [];
  const count = policies.filter(({ listeners }) =>
    listeners.some(({ state }) => state === 'listening'),
  ).length;
  return count === 0 ? [] : [`the protection of ${counted(count, 'policy', 'policies')}`];
}

/** Transactions with changes, which do not outlive the process. */
export function uncommitted({ uncommitted: ids }: Owner): readonly string[] {
  return ids.map((id) => `transaction ${id}, which is not committed`);
}

/** What a client of another process does without is loaded here. */
async function run(owner: Owner, reportEvent: (line: string) => void, caller: Caller): Promise<Running> {
  const { start } = await import('../../daemon/running.ts');
  const running = await start(owner, reportEvent, await caller.setApart());
  heedSignals(running, caller, reportEvent);
  return running;
}

/** Takes the terminal, until `use` is done or the process is told to stop, and leaves it as it was found. */
export async function atTerminal(
  { terminal, stopSignal }: Caller,
  use: (console: Console) => Promise<void>,
): Promise<void> {
  const console = openConsole(terminal());
  stopSignal(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT']).then(
    () => console.close(),
    () => undefined,
  );
  try {
    await use(console);
  } finally {
    console.close();
  }
}

/**
 * Logs in, asking for what is wanted, and prompts until the person leaves.
 *
 * @param guard where this process runs Levee: then that must not end with an idle session, nor by mistake
 */
export async function promptAt(
  console: Console,
  levee: LoginService,
  state: StateDirectory,
  first: Credentials,
  guard?: Guard,
): Promise<void> {
  let greeting = guard?.greeting ?? '';
  for (let credentials = first; ; credentials = noCredentials) {
    const { session, account, notice } = await enterAt(console, levee, credentials);
    if (greeting !== '') console.announce(`${greeting}\n`);
    greeting = '';
    if (notice !== null) console.announce(`${notice}\n`);
    const historyFile = join(state.path, `history-${account}`);
    const mustRun = guard === undefined ? null : isEnforcer;
    const options = { print: personText, historyFile, mustRun };
    const ending = await untilLost(console, console.run(session, options));
    session.close();
    if (guard === undefined) return;
    if (ending === 'left') {
      if (await mayEnd(console, guard.losses())) return;
      console.announce('Levee runs on\n');
      continue;
    }
    const message = 'Levee runs on; Enter begins a new session';
    if ((await console.ask({ kind: 'text', message, initial: '' })) === null) return;
  }
}

/** Logs somebody in at a terminal, asking for what is wanted. */
export function enterAt(console: Console, levee: LoginService, first: Credentials): Promise<Opened> {
  return enter(levee, 'console', first, (refusal, last) => ask(console, refusal, last), undefined, true);
}

/** Where Levee has gone, what a person is typing must not come to the program behind the prompt: it goes to a question. */
async function untilLost(console: Console, running: Promise<Ending>): Promise<Ending> {
  try {
    return await running;
  } catch (error) {
    if (!console.isPlain) {
      const message = `${messageOf(error)}; Enter leaves`;
      await console.ask({ kind: 'text', message, initial: '' });
    }
    throw error;
  }
}

/** Whether a person who leaves means to end what they may still want. A program is not asked: it has said so. */
async function mayEnd(console: Console, losses: readonly string[]): Promise<boolean> {
  if (losses.length === 0 || console.isPlain || console.isOver) return true;
  const message = `End ${losses.join(', and ')}?`;
  const answer = await console.ask({ kind: 'confirm', message });
  return answer === 'yes' || console.isOver;
}

async function ask(
  console: Console,
  { kind, reason, plain }: LoginRefusal,
  last: Credentials,
): Promise<Credentials | null> {
  if (plain) console.becomePlain();
  if (kind === 'change') {
    console.notify(`${reason}\n`);
    const newPassword = await askNewPassword({
      ask: (question) => console.ask(question),
      remark: (text) => console.notify(`${text}\n`),
    });
    return newPassword === null ? null : { ...last, newPassword };
  }
  if (kind === 'code') {
    const code = await console.ask({ kind: 'text', message: 'code', initial: '' });
    return code === null ? null : { ...last, code };
  }
  if (kind === 'refused') {
    console.forgetTyped();
    console.notify(`${reason}\n`);
  }
  if (kind === 'refused' || last.name === null) {
    const name = await console.ask({ kind: 'text', message: 'login', initial: '' });
    // How the password is asked for is a matter of the account.
    return name === null ? null : { ...noCredentials, name };
  }
  const password = await console.ask({ kind: 'password', message: 'password' });
  return password === null ? null : { ...last, password };
}
