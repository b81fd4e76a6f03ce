/** A session as its client sees it, whether it runs in this process or behind the control socket. */
export type { Emit, Outcome, ReplyPart, Session } from '../cli/session.ts';
