import type { Credentials } from '../cli/login.ts';
import type { Emit } from '../cli/session.ts';
import { RemoteSession } from '../control/client.ts';
import { start, stopSignal } from '../daemon/running.ts';
import { runLinePrompt } from '../shell/line-prompt.ts';
import { enter, ownOrConnect } from './attach.ts';
import type { Entry } from './command.ts';
import { personText } from './output.ts';

/** Everything goes to the terminal, in the order in which it comes. */
const emitToTerminal: Emit = (part) => void process.stdout.write(personText(part));

/** The prompt of the Levee that runs in a state directory; where none does, this process becomes it while the prompt lasts. */
export async function runPrompt({ open, credentials }: Entry): Promise<number> {
  const door = await ownOrConnect(open(), 'a prompt');
  if (door instanceof RemoteSession) {
    await promptUntilStopped(door, credentials());
    door.close();
    return 0;
  }
  const running = await start(door, (event) => void process.stdout.write(`${event}\n`));
  try {
    await promptUntilStopped(door, credentials());
  } finally {
    await running.stop();
  }
  return 0;
}

/** Logs in, and prompts until the person leaves or the process is told to stop. */
export async function promptUntilStopped(
  door: Parameters<typeof enter>[0],
  first: Credentials,
): Promise<void> {
  const { session, notice } = await enter(door, 'console', first, () => Promise.resolve(null));
  if (notice !== null) process.stdout.write(`${notice}\n`);
  await Promise.race([runLinePrompt(session, emitToTerminal), stopSignal(['SIGTERM', 'SIGHUP'])]);
  session.close();
}
