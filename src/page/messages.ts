import type { Measurements } from '../system/reports/measurements.ts';
import type { SourceReport } from '../system/reports/source.ts';

// What the page and the door that serves it say to each other, as JSON.

/** What an access profile grants in one area. */
export type Grant = 'none' | 'r' | 'w' | 'rw';

/** Of whom the page is. */
export type SessionState = {
  /** Of the account. */
  readonly name: string;
  readonly permissions: Readonly<Record<string, Grant>>;
  /** What proves that a request is of this page: the header `X-Levee-Token`. */
  readonly token: string;
  /** What they should know, as that their account has no password; or null. */
  readonly notice: string | null;
  readonly hostname: string;
  readonly version: string;
  /** The newest. */
  readonly revision: number | null;
  readonly confirmation: Confirmation | null;
};

/** A revision that is taken back by itself unless it is confirmed. */
export type Confirmation = {
  readonly revision: number;
  readonly author: string;
  /** Milliseconds that are left. */
  readonly remaining: number;
  /** The author, or somebody who may do everything: others can't confirm it. */
  readonly mayConfirm: boolean;
};

/** What is answered at `/page/session`, and to a login that succeeds. Null: nobody is logged in. */
export type SessionAnswer = { readonly session: SessionState | null };

export type LoginOrder = {
  readonly name: string;
  readonly password: string;
  readonly code?: string;
  readonly newPassword?: string;
};

/** `code`, `change`: that or a new password is wanted as well. `refused`: what was given is not right. */
export type LoginRefusal = { readonly refusal: { readonly kind: string; readonly reason: string } };

/** Lines of the command line, run as one batch: all of them, or nothing of what they change. */
export type RunOrder = { readonly lines: readonly string[] };

/** One mistake, as the command line tells it. */
export type RunError = {
  readonly message: string;
  readonly returnCode: number | null;
  /** Of the lines, from 1; null: it is in none. */
  readonly line: number | null;
  readonly column: number | null;
  readonly expected: string;
  readonly nearest: string | null;
};

export type RunAnswer = {
  /** 0: done. */
  readonly status: number;
  readonly output: string;
  /** What was done, and what to mind. */
  readonly notices: readonly string[];
  readonly errors: readonly RunError[];
};

/** What `/page/live` can tell of, each an event of its name; `session` always comes. */
export const topics = ['measured', 'sources', 'blocked'] as const;

export type Topic = (typeof topics)[number];

/** Milliseconds of a clock that nobody sets, and of the wall clock since 1970. */
export type Moment = { readonly time: number; readonly wall: number };

/** By the name of their event. */
export type LiveEvents = {
  readonly session: { readonly confirmation: Confirmation | null; readonly revision: number | null };
  readonly measured: Moment & { readonly measured: Measurements };
  /** Those that hold most, were refused most and are silent on most; none twice. */
  readonly sources: Moment & { readonly sources: readonly SourceReport[] };
  /** Whose blocks end last. */
  readonly blocked: Moment & { readonly sources: readonly SourceReport[] };
};
