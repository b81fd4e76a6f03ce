/** A session as its client sees it, whether it runs in this process or behind the control socket. */

export type {
  Answer,
  BatchOptions,
  BatchSource,
  Emit,
  Outcome,
  ReplyPart,
  Session,
} from '../../cli/session/session.ts';
export type {
  Assistance,
  Candidate,
  Completion,
  HelpLine,
  Mark,
  Question,
} from '../../cli/typing/assistance.ts';
