import { setTimeout } from 'node:timers/promises';
import type { Opened, OpenSession } from '../../cli/session/open-session.ts';
import type { Session } from '../../cli/session/session.ts';
import { loginOfProcess } from '../../daemon/logins/login-of-process.ts';
import type { Owner } from '../../daemon/owner.ts';
import type { StateDirectory } from '../../daemon/state/state-directory.ts';
import { RemoteSession } from '../../doors/socket/remote-session.ts';
import { type Credentials, type LoginRefusal, localOrigin } from '../../system/login.ts';
import { codeOf } from '../../text/reason.ts';
import type { Entry } from '../command-line/command.ts';
import type { Caller } from '../io/caller.ts';
import { type Replay, withFiles } from './client-files.ts';

/** How long a command waits for another one-off command to let go of the state directory, in milliseconds. */
const patience = 10_000;

export type Attached = { readonly session: Session; close(): Promise<void> };

/**
 * A session on a state directory: of the process that owns it, or of this one, which then owns it until `close`.
 *
 * @param origin what revisions say of it, and others read who want the directory
 * @param replay what is done with an order to replay, instead of replaying
 */
export async function attach(
  { open, credentials, caller }: Entry,
  origin: string,
  replay?: Replay,
): Promise<Attached> {
  const levee = await ownOrConnect(open(), origin, caller);
  const close = async (): Promise<void> => levee.close();
  try {
    const { session } = await enter(levee, origin, credentials(), () => Promise.resolve(null), replay);
    return {
      session,
      async close() {
        session.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where somebody can log in who has the operating system's account that owns the state directory. */
export type LoginService = { readonly login: OpenSession };

/**
 * Logs in, asking for what is wanted as long as `ask` gives something; null ends it. Throws with the reason.
 *
 * @param asks whether commands of the session may ask before they overwrite a file
 */
export async function enter(
  levee: LoginService,
  origin: string,
  first: Credentials,
  ask: (refusal: LoginRefusal, last: Credentials) => Promise<Credentials | null>,
  replay?: Replay,
  asks = false,
): Promise<Opened> {
  let credentials: Credentials | null = first;
  for (;;) {
    const peer = loginOfProcess('self', process.getuid?.());
    const login: Awaited<ReturnType<OpenSession>> = await levee.login(localOrigin(origin, peer), credentials);
    if ('session' in login) return { ...login, session: withFiles(login.session, replay, asks) };
    credentials = await ask(login, credentials);
    if (credentials === null) throw new Error(`${login.reason}${hint(login)}`);
  }
}

function hint({ kind }: LoginRefusal): string {
  switch (kind) {
    case 'ask':
      return ': --user NAME, with the password in $LEVEE_PASSWORD or --password-file FILE';
    case 'code':
      return ': log in at a terminal to type it';
    case 'change':
      return ': log in at a terminal to choose it';
    case 'refused':
      return '';
  }
}

/**
 * Becomes a client of whoever owns a state directory, or the owner itself. `description` tells others who owns it.
 * A client needs little of Levee's code: only an owner loads the rest.
 */
export async function ownOrConnect(
  state: StateDirectory,
  description: string,
  caller: Caller,
): Promise<Owner | RemoteSession> {
  const deadline = performance.now() + patience;
  for (;;) {
    const session = await connect(state);
    if (session !== undefined) return session;
    const { Owner } = await import('../../daemon/owner.ts');
    const owner = await Owner.open(state, description, (line) => caller.report(`levee: ${line}`));
    if (owner instanceof Owner) return owner;
    // The holder of the lock may be about to serve the socket, or to release it.
    if (performance.now() > deadline) throw new Error(`${state.path} is in use by ${owner.description}`);
    await setTimeout(50);
  }
}

async function connect({ socket }: StateDirectory): Promise<RemoteSession | undefined> {
  try {
    return await RemoteSession.connect(socket);
  } catch (error) {
    if (isNobodyThere(error)) return undefined;
    throw error;
  }
}

/** EINVAL: the path is too long for a socket, so that none can be there. */
const nobodyThere = new Set(['ENOENT', 'ECONNREFUSED', 'EINVAL']);

function isNobodyThere(error: unknown): boolean {
  return nobodyThere.has(codeOf(error) ?? '');
}
