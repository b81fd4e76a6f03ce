import type { ConnectionPort, SocketPort } from '../enforcer/hooks/connection-port.ts';
import type { ConnectionHooks, HooksSource, PolicyHooks } from '../enforcer/hooks/hooks.ts';
import { LuaInstances } from '../lua/host/instance-pool.ts';
import { messageOf } from '../text/reason.ts';
import type { ScriptSession } from './connection/script-connection.ts';
import { mostStates } from './runner/limits.ts';
import { type Script, ScriptRunner } from './runner/script-runner.ts';
import { tokensOf } from './script/tokens.ts';

/** The events of one connection, as the enforcer calls them. */
class ScriptsOfConnection implements ConnectionHooks {
  readonly #runner: ScriptRunner;
  readonly #session: ScriptSession;

  constructor(runner: ScriptRunner, port: ConnectionPort) {
    this.#runner = runner;
    this.#session = runner.open(port);
  }

  get awaitsClient(): boolean {
    return this.#runner.handles('STREAM_CLIENT_INIT') && !this.#session.isDisabled('STREAM_CLIENT_INIT');
  }

  accepted(): void {
    this.#runner.fire('TCP_ACCEPTED', this.#session);
  }

  clientData(bytes: Uint8Array): void {
    this.#runner.fireData('STREAM_CLIENT_INIT', this.#session, bytes);
  }

  beforeConnect(): void {
    this.#runner.fire('SERVER_BEFORE_CONNECT', this.#session);
  }

  memberConnected(): void {
    this.#runner.fire('SERVER_CONNECTED', this.#session);
  }

  request(bytes: Uint8Array): Uint8Array {
    return this.#runner.fireData('STREAM_REQUEST_DATA', this.#session, bytes);
  }

  response(bytes: Uint8Array): Uint8Array {
    return this.#runner.fireData('STREAM_RESPONSE_DATA', this.#session, bytes);
  }

  memberClosed(): void {
    this.#runner.fire('SERVER_CLOSED', this.#session);
  }

  closed(): void {
    this.#runner.close(this.#session);
  }
}

/** The scripts of a policy in one worker, in one version. */
class ScriptsOfPolicy implements PolicyHooks {
  /** Some script may ask for the options of a SYN. */
  readonly savesSyns: boolean;
  readonly #runner: ScriptRunner;

  constructor(scripts: readonly Script[], runner: ScriptRunner) {
    this.savesSyns = scripts.some(({ text }) => asksForTcpOptions(text));
    this.#runner = runner;
  }

  listening(socket: SocketPort): void {
    this.#runner.fireBind(socket);
  }

  open(port: ConnectionPort): ConnectionHooks {
    return new ScriptsOfConnection(this.#runner, port);
  }

  retire(): void {
    this.#runner.retire();
  }
}

/** Whether both words of `TCP:sockopt{op = "get", type = N}` occur, as names or in strings. */
function asksForTcpOptions(text: string): boolean {
  const words = ['sockopt', 'type'];
  const said = [...tokensOf(text)]
    .filter(({ kind }) => kind === 'name' || kind === 'string')
    .map(({ start, end }) => text.slice(start, end));
  return words.every((word) => said.some((part) => part.includes(word)));
}

/** Session numbers of one worker begin here, so that no two workers give the same. */
const sessionsOfAWorker = 2 ** 40;

/**
 * Makes the scripts of policies in one worker. Null: Lua itself could not be had, which is reported; what is wrong with
 * a script is reported too, and leaves the others.
 */
export function scriptHooks(): HooksSource {
  const instances = new LuaInstances(mostStates);
  let sessions = 0;
  return ({ id, scripts }, memory, { engine, worker, report }) => {
    try {
      const runner = new ScriptRunner(scripts, {
        instances,
        worker,
        now: () => engine.now(),
        wallClock: () => engine.wallClock(),
        timers: engine,
        nextSession: () => worker * sessionsOfAWorker + ++sessions,
        memory,
        report: (line) => report({ policy: id, ...line }),
      });
      return new ScriptsOfPolicy(scripts, runner);
    } catch (error) {
      const message = `Lua can't be started: ${messageOf(error)}`;
      report({ policy: id, kind: 'switched-off', script: '', occasion: 'RULE_INIT', message });
      return null;
    }
  };
}
