import type { CloseCause } from '../../engine/stream.ts';
import type { PolicyConnection, PolicyState } from '../../worker/policy-state.ts';
import type { ConnectionHost } from '../host.ts';
import { HeaderReader } from './header-reader.ts';

type HeadedConnection = PolicyConnection & { readonly policy: PolicyState };

/** The PROXY header that a connection has to begin with, until it is here. */
export class AwaitedHeader {
  readonly #reader = new HeaderReader();
  readonly #connection: HeadedConnection;
  readonly #host: ConnectionHost;

  constructor(connection: HeadedConnection, host: ConnectionHost) {
    this.#connection = connection;
    this.#host = host;
  }

  /** Returns what has come behind the header; null: it is not all there, or the connection is reset. */
  take(chunk: Uint8Array): Uint8Array | null {
    const connection = this.#connection;
    const progress = this.#reader.take(chunk);
    if (progress.kind === 'more') return null;
    if (progress.kind === 'broken') {
      this.refuse(progress.reason);
      return null;
    }
    connection.facts.announced = progress.announced;
    if (!this.#host.identified(connection.policy, connection)) {
      connection.reset();
      return null;
    }
    connection.facts.openedAt = this.#host.engine.now();
    return progress.rest;
  }

  /** Called once per tick; milliseconds, `now` on the engine's clock. */
  expire(now: number, timeout: number): void {
    if (now - this.#connection.facts.openedAt >= timeout)
      this.refuse(`no PROXY header within ${timeout / 1000} s`);
  }

  refuse(reason: string): void {
    const connection = this.#connection;
    if (connection.streams.isReset) return;
    this.#host.headerFailed(connection.policy, connection, reason);
    connection.reset();
  }

  /** The client's side has closed, and nothing more comes. */
  closed(cause: CloseCause): void {
    const connection = this.#connection;
    if (cause === 'reset' && !connection.streams.isReset)
      this.#host.headerFailed(connection.policy, connection, 'reset before its PROXY header');
  }
}
