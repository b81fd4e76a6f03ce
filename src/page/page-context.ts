import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Action } from './actions/action.ts';
import type { LiveState } from './asking/live.ts';
import type { RunAnswer, SessionState } from './messages.ts';
import type { Requirement } from './view.ts';

/** What every view has. */
export type PageContext = {
  readonly session: SessionState;
  readonly live: LiveState;
  readonly may: (requirement: Requirement) => boolean;
  /** Shows what an action stands for, and does it where that is wanted. Null: it is not. */
  readonly act: (action: Action) => Promise<RunAnswer | null>;
  /** Something could not be had; a session that is over leads to the login. */
  readonly failed: (error: unknown) => void;
};

export const Context = createContext<PageContext | null>(null);

export function usePage(): PageContext {
  const page = useContext(Context);
  if (page === null) throw new Error('this stands outside of the page');
  return page;
}
