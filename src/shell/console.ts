import type { ReplyPart, Session, Status } from '../cli/session/session.ts';
import type { Dialogues } from './dialogues/dialogues.ts';

export type ShellOptions = {
  /** A part as it is to be read, on rows of so many cells; without a width as a program takes it. */
  readonly print: (part: ReplyPart, width?: number) => string;
  /** Where lines are kept between runs; null: nowhere. */
  readonly historyFile: string | null;
  /** Why this process can't be stopped with Ctrl-Z; null: it can. */
  readonly mustRun: string | null;
};

/** Why a prompt has ended: the person went, did nothing for as long as a session may, or Levee ended their session. */
export type Ending = 'left' | 'idle' | 'revoked';

/** A person at a terminal. */
export interface Console extends Dialogues {
  /** Perhaps a program is at the terminal: it is asked nothing that it has not been told of. */
  readonly isPlain: boolean;
  /** From now on it is plain: whoever is at the terminal wants that, whatever the terminal says it is. */
  becomePlain(): void;
  /** Nobody can answer any more: the console was closed, or its terminal is gone. */
  readonly isOver: boolean;
  /** Shows text at once, whatever the person is doing: what is being typed stands below it. */
  notify(text: string): void;
  /** Forgets what was typed ahead: it may be another try of a secret. */
  forgetTyped(): void;
  /**
   * As `notify`, what a program at a plain terminal is not to take for an answer: there it is left out. It waits until
   * the first question or prompt: before that nobody knows who is there.
   */
  announce(text: string): void;
  /**
   * Prompts until `exit`, Ctrl-D at the root, idleness, `close` or a lost terminal. Rejects when the session is lost.
   * The session stays open.
   */
  run(session: Session, options: ShellOptions): Promise<Ending>;
  /** Runs this command alone. Resolves to its status; 1 where the console ends before. Rejects when the session is lost. */
  perform(session: Session, command: string, options: Pick<ShellOptions, 'print'>): Promise<Status>;
  /** Ends what goes on, and leaves the terminal as it was found. */
  close(): void;
}
