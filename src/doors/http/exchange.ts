import type { IncomingHttpHeaders } from 'node:http';
import type { Entrant } from '../../cli/session/open-session.ts';
import type { Origin } from '../../system/login.ts';

export const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;

export type Method = (typeof methods)[number];

/** A request as whoever answers it sees it. */
export type Asked = {
  readonly method: Method;
  /** As it came, without what stands behind `?`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly origin: Origin;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /** The text of the body. Rejects with a Refusal where it is longer than so many bytes, or no UTF-8. */
  body(longest?: number): Promise<string>;
  /** They are known: their connection is no stranger's any more. Throws a Refusal where there is no place for it. */
  admit(entrant: Entrant): void;
};

export type Reply = {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array | Stream;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A body that goes on until whoever writes it ends it, or the client has gone. */
export type Stream = (outlet: Outlet) => void;

export type Outlet = {
  /** The client has not read yet what was written: more would only wait here. */
  readonly isBehind: boolean;
  write(text: string): void;
  end(): void;
};

export type Answer = (asked: Asked) => Reply | Promise<Reply>;

/** What is answered at a path, for each method. */
export type Route = Readonly<Partial<Record<Method, Answer>>>;

/** By their paths, each in whole. */
export type Routes = ReadonlyMap<string, Route>;

/** How a refusal is told, in the form that a door speaks. */
export type Refuse = (status: number, reason: string) => Reply;

/** Why a request is not answered. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.status = status;
  }
}

export function plain(status: number, text: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n` };
}
