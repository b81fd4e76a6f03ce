import ssh2, {
  type AuthContext,
  type AuthenticationType,
  type KeyboardAuthContext,
  type PublicKeyAuthContext,
} from 'ssh2';
import type { Guest } from '../../cli/session/open-session.ts';
import { type Credentials, type LoginRefusal, noCredentials, type Origin } from '../../system/login.ts';
import type { DoorKeeper } from '../door.ts';
import type { SshLimits } from './limits.ts';

/** What may be tried, in the order in which clients are to. */
const methods: AuthenticationType[] = ['publickey', 'keyboard-interactive', 'password'];

/** Where something was right, and more is wanted: only a dialogue can ask for it. */
const dialogue: AuthenticationType[] = ['keyboard-interactive'];

type Services = {
  readonly keeper: DoorKeeper;
  readonly limits: SshLimits;
  /** Called before the client hears that it is let in. Gives why it is not, where there is no place for it. */
  readonly admitted: (guest: Guest) => string | undefined;
  /** It has tried often enough. */
  readonly exhausted: () => void;
};

/** How one connection logs in (RFC 4252, RFC 4256). Who comes in is decided where it is for every door. */
export class LoginDialogue {
  readonly #services: Services;
  readonly #origin: Origin;
  /** What was right already, where more is wanted than that. */
  #halfway: Credentials | undefined;
  /** The request that is being answered: one before it, the client has called off. */
  #current: AuthContext | undefined;
  #tries = 0;
  #requests = 0;
  #isOver = false;

  constructor(services: Services, origin: Origin) {
    this.#services = services;
    this.#origin = origin;
  }

  /** Answers one request of the client. */
  async answer(context: AuthContext): Promise<void> {
    const { username: name } = context;
    this.#current = context;
    this.#requests += 1;
    if (this.#requests > this.#services.limits.requests) {
      this.#services.exhausted();
      return;
    }
    switch (context.method) {
      case 'none':
      case 'hostbased':
        context.reject(methods);
        return;
      case 'password':
        await this.#try(context, { ...noCredentials, name, password: context.password });
        return;
      case 'publickey':
        await this.#answerKey(context);
        return;
      case 'keyboard-interactive':
        await this.#ask(context);
        return;
    }
  }

  async #answerKey(context: PublicKeyAuthContext): Promise<void> {
    const { username: name, signature, blob, hashAlgo } = context;
    const key = ssh2.utils.parseKey(context.key.data);
    // Of RSA a signature over SHA-1 has no algorithm named.
    const isWeak =
      !(key instanceof Error) && key.type === 'ssh-rsa' && signature !== undefined && hashAlgo === undefined;
    const text = key instanceof Error ? '' : `${key.type} ${key.getPublicSSH().toString('base64')}`;
    if (key instanceof Error || isWeak || !this.#services.keeper.knowsKey(this.#origin, name, text)) {
      context.reject(methods);
    } else if (signature === undefined || blob === undefined) {
      context.accept();
    } else if (key.verify(blob, signature, hashAlgo) !== true) {
      context.reject(methods);
    } else {
      await this.#try(context, { ...noCredentials, name, key: text });
    }
  }

  /** Tries what the client has given; what is wanted besides is asked in a dialogue that it has to begin. */
  async #try(context: AuthContext, credentials: Credentials): Promise<void> {
    const refusal = await this.#enter(context, credentials);
    if (refusal === undefined) return;
    if (refusal.kind === 'code' || refusal.kind === 'change') {
      this.#halfway = credentials;
      context.reject(dialogue, true);
    } else {
      this.#refuse(context);
    }
  }

  /** Asks for everything that is wanted, one after the other. */
  async #ask(context: KeyboardAuthContext): Promise<void> {
    const { username: name } = context;
    const halfway = this.#halfway?.name === name ? this.#halfway : undefined;
    const password = halfway === undefined ? await answerOf(context, 'Password: ') : null;
    if (halfway === undefined && password === null) return;
    let credentials: Credentials = halfway ?? { ...noCredentials, name, password };
    for (let round = 0; round < this.#services.limits.tries; round++) {
      const refusal = await this.#enter(context, credentials);
      if (refusal === undefined) return;
      if (refusal.kind === 'code') {
        const code = await answerOf(context, 'Code: ');
        if (code === null) return;
        credentials = { ...credentials, code };
      } else if (refusal.kind === 'change') {
        const newPassword = await newPasswordOf(context, refusal.reason);
        if (newPassword === null) return;
        credentials = { ...credentials, newPassword };
      } else {
        await said(context, refusal.reason);
        this.#refuse(context);
        return;
      }
    }
    this.#services.exhausted();
  }

  /** Undefined: they are in, or have gone or called it off meanwhile. */
  async #enter(context: AuthContext, credentials: Credentials): Promise<LoginRefusal | undefined> {
    const { keeper, admitted } = this.#services;
    const entered = await keeper.enter(this.#origin, credentials);
    const isCalledOff = this.#isOver || this.#current !== context;
    if ('kind' in entered) {
      if (isCalledOff) this.#countTry();
      return isCalledOff ? undefined : entered;
    }
    if (isCalledOff) {
      entered.leave();
      return undefined;
    }
    const reason = admitted(entered);
    if (reason !== undefined) {
      entered.leave(reason);
      return { kind: 'refused', reason, plain: false };
    }
    context.accept();
    return undefined;
  }

  #refuse(context: AuthContext): void {
    if (this.#countTry()) context.reject(methods);
  }

  /** False: that was the last one. */
  #countTry(): boolean {
    this.#tries += 1;
    const mayTryOn = this.#tries < this.#services.limits.tries;
    if (!mayTryOn) this.#services.exhausted();
    return mayTryOn;
  }

  /** The client has gone. */
  end(): void {
    this.#isOver = true;
  }
}

/** Null: the client has begun something else. */
function answerOf(context: KeyboardAuthContext, prompt: string, instruction = ''): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  context.once('abort', () => resolve(null));
  // The library calls this with an error where the client has begun something else.
  context.prompt([{ prompt, echo: false }], '', instruction, (answers: unknown) => {
    const [answer]: unknown[] = Array.isArray(answers) ? answers : [null];
    resolve(answer === null ? null : String(answer ?? ''));
  });
  return promise;
}

async function newPasswordOf(context: KeyboardAuthContext, reason: string): Promise<string | null> {
  for (let why = reason; ; why = 'these were not the same') {
    const first = await answerOf(context, 'New password: ', why);
    const again = first === null ? null : await answerOf(context, 'Again: ');
    if (again === null || again === first) return again;
  }
}

/** Tells something, and asks nothing. */
function said(context: KeyboardAuthContext, text: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  context.once('abort', resolve);
  context.prompt([], '', text, () => resolve());
  return promise;
}
