import type { Socket } from 'node:net';
import type { AuthContext, Connection } from 'ssh2';
import type { Guest } from '../../cli/session/open-session.ts';
import { IdleTimer } from '../../shell/idle-timer.ts';
import type { Origin } from '../../system/login.ts';
import type { Shares } from '../../system/shares.ts';
import type { DoorKeeper } from '../door.ts';
import { ClientChannel } from './channel.ts';
import type { SshLimits } from './limits.ts';
import { LoginDialogue } from './login-dialogue.ts';

export type ClientServices = {
  readonly keeper: DoorKeeper;
  readonly limits: SshLimits;
  readonly received: Shares;
  readonly historyFileOf: (guest: Guest) => string;
  readonly idleMinutes: () => number;
};

/** One connection, from its login on. */
export class SshClient {
  readonly #socket: Socket;
  readonly #services: ClientServices;
  readonly #login: LoginDialogue;
  readonly #admitted: (guest: Guest) => string | undefined;
  readonly #channels = new Set<ClientChannel>();
  readonly #idle: IdleTimer;
  #connection: Connection | undefined;
  #guest: Guest | undefined;

  constructor(
    socket: Socket,
    origin: Origin,
    services: ClientServices,
    admitted: (guest: Guest) => string | undefined,
  ) {
    this.#socket = socket;
    this.#services = services;
    this.#admitted = admitted;
    const { keeper, limits } = services;
    this.#login = new LoginDialogue(
      { keeper, limits, admitted: (guest) => this.#enter(guest), exhausted: () => this.end() },
      origin,
    );
    this.#idle = new IdleTimer(
      () => [...this.#channels].some(({ isBusy }) => isBusy),
      () => this.end(),
    );
    socket.on('close', () => this.#close());
  }

  /** They speak SSH. */
  begin(connection: Connection): void {
    this.#connection = connection;
    // Whatever they have sent that is none: the library ends the connection.
    connection.on('error', () => undefined);
    // An exchange of keys costs them nothing: until they have logged in there is one.
    connection.on('rekey', () => {
      if (this.#guest === undefined) this.#socket.destroy();
    });
    connection.on('authentication', (context) => void this.#authenticate(context));
    connection.on('session', (accept, reject) => {
      const guest = this.#guest;
      if (guest === undefined || this.#channels.size >= this.#services.limits.channels) {
        reject();
        return;
      }
      this.#open(guest, accept);
    });
  }

  end(): void {
    this.#connection?.end();
    this.#socket.destroySoon();
  }

  async #authenticate(context: AuthContext): Promise<void> {
    try {
      await this.#login.answer(context);
    } catch {
      // A login that can't be judged is none.
      this.#socket.destroy();
    }
  }

  /** Gives why there is no place for them. */
  #enter(guest: Guest): string | undefined {
    const reason = this.#admitted(guest);
    if (reason !== undefined) return reason;
    this.#guest?.leave();
    this.#guest = guest;
    this.#idle.start(this.#services.idleMinutes());
    return undefined;
  }

  #open(guest: Guest, accept: () => import('ssh2').Session): void {
    const channel = new ClientChannel(accept(), {
      guest,
      historyFile: this.#services.historyFileOf(guest),
      received: this.#services.received.open(),
      active: () => this.#idle.touch(),
      over: () => {
        this.#channels.delete(channel);
        this.#idle.touch();
      },
    });
    this.#channels.add(channel);
    this.#idle.touch();
  }

  #close(): void {
    this.#login.end();
    this.#idle.stop();
    for (const channel of this.#channels) channel.end();
    this.#guest?.leave();
    this.#guest = undefined;
  }
}
