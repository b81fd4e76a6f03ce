import type { Emit } from '../cli/session.ts';
import { RemoteSession } from '../control/client.ts';
import type { Owner } from '../daemon/owner.ts';
import { start, stopSignal } from '../daemon/running.ts';
import type { StateDirectory } from '../daemon/state-directory.ts';
import { runLinePrompt } from '../shell/line-prompt.ts';
import { ownOrConnect } from './attach.ts';
import { personText } from './output.ts';

/** Everything goes to the terminal, in the order in which it comes. */
export const emitToTerminal: Emit = (part) => void process.stdout.write(personText(part));

/** The prompt of the Levee that runs in a state directory; where none does, this process becomes it while the prompt lasts. */
export async function runPrompt(state: StateDirectory): Promise<number> {
  const owner = await ownOrConnect(state, 'a prompt', 'console');
  if (owner instanceof RemoteSession) {
    await runLinePrompt(owner, emitToTerminal);
    owner.close();
    return 0;
  }
  const running = await start(owner, (event) => void process.stdout.write(`${event}\n`));
  await promptUntilStopped(owner);
  await running.stop();
  return 0;
}

/** The prompt of this process's own Levee, until the person leaves it or the process is told to stop. */
export async function promptUntilStopped(owner: Owner): Promise<void> {
  const session = owner.session('console');
  await Promise.race([runLinePrompt(session, emitToTerminal), stopSignal(['SIGTERM', 'SIGHUP'])]);
  session.close();
}
