import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { keepToLast, type Processors, useProcessors } from '../../enforcer/engine/processors.ts';
import { Channel, type ToPredecessor, type ToSuccessor } from './channel.ts';
import { socketPair } from './descriptor-socket.ts';
import type { NewProcess } from './hand-over.ts';

/** The directory of the code that this process runs, without links: it may be of another version by now. */
const directory = join(import.meta.dirname, '..', '..', '..');
const launcher = join(directory, 'bin', 'levee');

/** Where the new process finds its ends of the two connections: for messages, and for descriptors. */
export const channelDescriptor = 3;
export const descriptorsDescriptor = 4;
/** In its environment: it is the one that is to take over. */
export const successorVariable = 'LEVEE_SUCCESSOR';

/** What is of the process that was started, and of no other. */
const ofThisProcess = ['WATCHDOG_PID', 'LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES'];

/**
 * Starts a process that takes over from this one, of the code that is there now.
 *
 * @param processors that this process may use; null: any, and its own main thread too
 */
export function startSuccessor(
  state: string,
  environment: NodeJS.ProcessEnv,
  processors: Processors | null,
): NewProcess {
  const [own, other] = socketPair();
  const inherited = Object.entries(environment).filter(([name]) => !ofThisProcess.includes(name));
  // What a thread is kept to, a process that it starts is kept to as well.
  if (processors !== null) useProcessors(processors);
  const child = spawn(launcher, ['--state', state, 'daemon', '--take-over'], {
    env: { ...Object.fromEntries(inherited), [successorVariable]: String(process.pid) },
    stdio: ['ignore', 'inherit', 'inherit', 'pipe', other],
  });
  if (processors !== null) keepToLast(processors);
  closeSync(other);
  const socket = child.stdio[channelDescriptor];
  if (!(socket instanceof Socket)) throw new Error('there is no connection to the new process');
  const ended = Promise.race([once(child, 'exit'), once(child, 'error')]).then(() => undefined);
  return {
    id: child.pid ?? 0,
    directory,
    channel: new Channel<ToPredecessor, ToSuccessor>(socket),
    descriptors: own,
    ended,
    kill: () => void child.kill('SIGKILL'),
    release() {
      closeSync(own);
      socket.destroy();
    },
  };
}
