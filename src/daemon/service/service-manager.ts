import { messageOf } from '../../text/reason.ts';

/** Milliseconds until what the manager had no room for is sent again. */
const retry = 100;

/** Whoever has started this process as a service, and is told how it stands: systemd, by sd_notify(3). */
export type ServiceManager = {
  /** All that is to be served is, or is reported as not; `status` is for whoever asks the manager. */
  ready(status: string): void;
  /** This process is the main one of the service now. */
  tookOver(): void;
  /** Something is done anew; `ready` follows. */
  reloading(): void;
  /** The end has begun, and takes at most so many milliseconds. */
  stopping(longest: number, status: string): void;
  /** Asks for the status where somebody hears of it. */
  status(current: () => string): void;
  alive(): void;
  /** Milliseconds within which it wants `alive`, or it would start the service anew; null: it does not ask. */
  readonly watchdog: number | null;
};

const nobody: ServiceManager = {
  ready: () => undefined,
  tookOver: () => undefined,
  reloading: () => undefined,
  stopping: () => undefined,
  status: () => undefined,
  alive: () => undefined,
  watchdog: null,
};

type Environment = Readonly<Record<string, string | undefined>>;

/** The one that an environment names. `report` takes a line where it can't be told anything. */
export async function serviceManager(
  environment: Environment,
  report: (line: string) => void,
): Promise<ServiceManager> {
  const { NOTIFY_SOCKET: name = '' } = environment;
  if (name === '' || process.platform !== 'linux') return nobody;
  try {
    const { NotifySocket } = await import('./notify-socket.ts');
    return new Systemd(new NotifySocket(name), watchdogOf(environment), report);
  } catch (error) {
    report(cannotBeTold(messageOf(error)));
    return nobody;
  }
}

/** Another process of the unit may be the one that is watched. */
function watchdogOf({ WATCHDOG_USEC: time = '', WATCHDOG_PID: watched = '' }: Environment): number | null {
  const milliseconds = Number(time) / 1000;
  const isOurs = watched === '' || Number(watched) === process.pid;
  return isOurs && Number.isFinite(milliseconds) && milliseconds > 0 ? milliseconds : null;
}

function cannotBeTold(reason: string): string {
  return `the service manager ($NOTIFY_SOCKET) can't be told how Levee stands: ${reason}`;
}

type Socket = { send(text: string): 'sent' | 'full' | { readonly reason: string } };

class Systemd implements ServiceManager {
  readonly watchdog: number | null;
  readonly #socket: Socket;
  readonly #report: (line: string) => void;
  /** What it had no room for, the oldest first. */
  readonly #unsent: string[] = [];
  #lastStatus = '';
  #isFailing = false;

  constructor(socket: Socket, watchdog: number | null, report: (line: string) => void) {
    this.#socket = socket;
    this.watchdog = watchdog;
    this.#report = report;
  }

  ready(status: string): void {
    this.#lastStatus = status;
    this.#tell('READY=1', statusLine(status));
  }

  tookOver(): void {
    this.#tell(`MAINPID=${process.pid}`);
  }

  reloading(): void {
    // The time is what `Type=notify-reload` asks for.
    this.#tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  stopping(longest: number, status: string): void {
    this.#lastStatus = status;
    // TimeoutStopSec= may be shorter than what the configuration gives connections.
    this.#tell('STOPPING=1', `EXTEND_TIMEOUT_USEC=${Math.ceil(longest) * 1000}`, statusLine(status));
  }

  status(current: () => string): void {
    const status = current();
    if (status === this.#lastStatus) return;
    this.#lastStatus = status;
    this.#tell(statusLine(status));
  }

  alive(): void {
    // What waits says as much, or is too old to.
    if (this.#unsent.length === 0) this.#tell('WATCHDOG=1');
  }

  #tell(...lines: readonly string[]): void {
    const isFirst = this.#unsent.length === 0;
    this.#unsent.push(`${lines.join('\n')}\n`);
    if (isFirst) this.#send();
  }

  #send(): void {
    for (let text = this.#unsent[0]; text !== undefined; text = this.#unsent[0]) {
      const sent = this.#socket.send(text);
      if (sent === 'full') {
        setTimeout(() => this.#send(), retry).unref();
        return;
      }
      this.#unsent.shift();
      if (sent !== 'sent' && !this.#isFailing) this.#report(cannotBeTold(sent.reason));
      this.#isFailing = sent !== 'sent';
    }
  }
}

function statusLine(status: string): string {
  return `STATUS=${status}`;
}
