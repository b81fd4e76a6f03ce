import type { ConnectionPort, SocketPort } from '../enforcer/hooks/connection-port.ts';
import type { DataEnd } from '../enforcer/hooks/data-end.ts';
import type { ConnectionHooks, HooksHost, HooksSource, PolicyHooks } from '../enforcer/hooks/hooks.ts';
import { scriptSwitchedOff, scriptsWaited } from '../events/scripts.ts';
import { tokensOf } from '../lua/syntax/tokens.ts';
import { messageOf } from '../text/reason.ts';
import { closedPolicy } from './closed-policy.ts';
import type { ScriptConnection } from './connection/script-connection.ts';
import { LuaInstancePool } from './runner/instance-pool.ts';
import { mostStates } from './runner/limits.ts';
import { scriptEvent } from './runner/script-event.ts';
import { type Script, ScriptRunner } from './runner/script-runner.ts';
import { TimeShare } from './runner/time-share.ts';
import { WaitReport } from './runner/wait-report.ts';
import type { EventName } from './script/events.ts';

/** The events of one connection, as the enforcer calls them. */
class ScriptedConnection implements ConnectionHooks {
  readonly #runner: ScriptRunner;
  readonly #connection: ScriptConnection;
  readonly #failsClosed: boolean;
  /** How much of the first bytes STREAM_REQUEST_DATA has seen before a server was chosen, and what goes on of them. */
  #early: { readonly length: number; readonly passed: Uint8Array } | null = null;

  constructor(runner: ScriptRunner, port: ConnectionPort, failsClosed: boolean) {
    this.#runner = runner;
    this.#connection = runner.open(port);
    this.#failsClosed = failsClosed;
  }

  get awaitsClient(): boolean {
    const isSeen = (event: EventName): boolean =>
      this.#runner.handles(event) && !this.#connection.isDisabled(event);
    return isSeen('STREAM_CLIENT_INIT') || (this.#runner.choosesByRequest && isSeen('STREAM_REQUEST_DATA'));
  }

  get seesConnecting(): boolean {
    return this.#runner.handles('SERVER_BEFORE_CONNECT');
  }

  get seesRequests(): boolean {
    return this.#runner.handles('STREAM_REQUEST_DATA');
  }

  get seesResponses(): boolean {
    return this.#runner.handles('STREAM_RESPONSE_DATA');
  }

  accepted(): void {
    this.#runner.fire('TCP_ACCEPTED', this.#connection);
    // Also where this very event has switched it off.
    if (this.#failsClosed && this.#runner.isImpaired) this.#connection.port.finish('reject');
  }

  clientData(chunk: Uint8Array, all: () => Uint8Array, end: DataEnd | null): boolean {
    const runner = this.#runner;
    const connection = this.#connection;
    if (runner.fireClientData(connection, chunk, all, end)) return true;
    if (!runner.choosesByRequest || connection.isOver) return false;
    const seen = all();
    if (seen.length > 0)
      this.#early = { length: seen.length, passed: runner.fireEarlyRequest(connection, seen) };
    return false;
  }

  beforeConnect(): void {
    this.#runner.fire('SERVER_BEFORE_CONNECT', this.#connection);
  }

  memberConnected(): void {
    this.#runner.fire('SERVER_CONNECTED', this.#connection);
  }

  request(bytes: Uint8Array): Uint8Array {
    const early = this.#early;
    if (early !== null) {
      this.#early = null;
      const rest = bytes.subarray(early.length);
      if (rest.length === 0) return early.passed;
      return Buffer.concat([
        early.passed,
        this.#runner.fireData('STREAM_REQUEST_DATA', this.#connection, rest),
      ]);
    }
    return this.#runner.fireData('STREAM_REQUEST_DATA', this.#connection, bytes);
  }

  response(bytes: Uint8Array): Uint8Array {
    return this.#runner.fireData('STREAM_RESPONSE_DATA', this.#connection, bytes);
  }

  memberClosed(): void {
    this.#runner.fire('SERVER_CLOSED', this.#connection);
  }

  closed(): void {
    this.#runner.close(this.#connection);
  }
}

/** The scripts of a policy in one worker, in one version. */
class ScriptedPolicy implements PolicyHooks {
  /** Whether some script may ask for the options of a SYN. */
  readonly savesSyns: boolean;
  readonly #runner: ScriptRunner;
  readonly #share: TimeShare;
  readonly #failsClosed: boolean;

  constructor(scripts: readonly Script[], runner: ScriptRunner, share: TimeShare, failsClosed: boolean) {
    this.#failsClosed = failsClosed;
    this.savesSyns = scripts.some(({ text }) => asksForTcpOptions(text));
    this.#runner = runner;
    this.#share = share;
  }

  get mustWait(): boolean {
    return this.#share.isOver;
  }

  inTurn(callback: () => void): void {
    this.#share.take(callback);
  }

  listening(socket: SocketPort): void {
    this.#runner.fireBind(socket);
  }

  open(port: ConnectionPort): ConnectionHooks {
    return new ScriptedConnection(this.#runner, port, this.#failsClosed);
  }

  retire(): void {
    this.#runner.retire();
  }
}

/** Whether both words of `TCP:sockopt{op = "get", type = N}` occur, as names or in strings. */
function asksForTcpOptions(text: string): boolean {
  const words = ['sockopt', 'type'];
  const occurring = [...tokensOf(text)]
    .filter(({ kind }) => kind === 'name' || kind === 'string')
    .map(({ start, end }) => text.slice(start, end));
  return words.every((word) => occurring.some((part) => part.includes(word)));
}

/** Each worker numbers its connections from a multiple of this, so that no two workers give the same number. */
const idsPerWorker = 2 ** 40;

/** The shares of the policies that have scripts in a worker: one for all versions of a policy's scripts. */
class TimeShares {
  readonly #host: HooksHost;
  readonly #shares = new Map<number, { readonly share: TimeShare; versions: number }>();

  constructor(host: HooksHost) {
    this.#host = host;
  }

  /** For one more version; `leave` must follow. */
  join(policy: number): TimeShare {
    const known = this.#shares.get(policy) ?? { share: this.#newShare(policy), versions: 0 };
    known.versions += 1;
    this.#shares.set(policy, known);
    return known.share;
  }

  leave(policy: number): void {
    const known = this.#shares.get(policy);
    if (known === undefined) return;
    known.versions -= 1;
    if (known.versions === 0) this.#shares.delete(policy);
  }

  #newShare(policy: number): TimeShare {
    const { engine, worker, report } = this.#host;
    const waits = new WaitReport(engine, (rests) => report(scriptsWaited({ policy, worker, rests })));
    return new TimeShare({
      now: () => engine.now(),
      timers: engine,
      rests: (milliseconds) => waits.add(milliseconds),
    });
  }
}

/**
 * Runs the scripts of policies in one worker. The source reports it and returns null when Lua can't be started. A script
 * that fails is reported too, and does not stop the others.
 */
export function scriptHooks(): HooksSource {
  const instances = new LuaInstancePool(mostStates);
  let connections = 0;
  let shares: TimeShares | undefined;
  return ({ id, scripts, scriptsFailClosed }, memory, host) => {
    const meaning = scriptsFailClosed ? '; new connections are reset until the scripts are changed' : '';
    const { engine, worker, report } = host;
    shares ??= new TimeShares(host);
    const share = shares.join(id);
    const ended = (): void => shares?.leave(id);
    try {
      const runner = new ScriptRunner(scripts, {
        instances,
        worker,
        now: () => engine.now(),
        wallClock: () => engine.wallClock(),
        timers: engine,
        share,
        nextConnectionId: () => worker * idsPerWorker + ++connections,
        memory,
        report: (line) => {
          const isOff = line.kind === 'switched-off';
          report(scriptEvent(id, isOff ? { ...line, message: line.message + meaning } : line));
        },
        ended,
      });
      return new ScriptedPolicy(scripts, runner, share, scriptsFailClosed);
    } catch (error) {
      const reason = `Lua can't be started: ${messageOf(error)}${meaning}`;
      report(scriptSwitchedOff({ policy: id, script: '', reason }));
      ended();
      return scriptsFailClosed ? closedPolicy : null;
    }
  };
}
