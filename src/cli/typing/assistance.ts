/** A word that can stand where the cursor is. */
export type Candidate = {
  /** As it is to stand in the line, quoted where it must be. */
  readonly text: string;
  readonly help: string;
  /** The word is whole: a space may follow. */
  readonly whole: boolean;
};

/** What could replace the characters from `start` to the cursor. Offsets count UTF-16 code units. */
export type Completion = { readonly start: number; readonly candidates: readonly Candidate[] };

/** One line of `?`: what may come next, and what it means. */
export type HelpLine = { readonly word: string; readonly help: string };

/** What a stretch of a line is, for its colour. `unknown`: no such word; the person may still be typing it. */
export type Highlight = {
  readonly start: number;
  readonly length: number;
  readonly kind: 'verb' | 'path' | 'field' | 'value' | 'comment' | 'unknown';
};

/** What a session knows of a line that is being typed where it stands. Nothing is run. */
export interface Assistance {
  /** What the word at the cursor may become. */
  complete(text: string, cursor: number): Promise<Completion>;
  /** What may stand at the cursor, or the word before it that may not. Empty: nothing but the end of the line. */
  help(text: string, cursor: number): Promise<readonly HelpLine[]>;
  /** The words of a line that are something, in order, not overlapping. */
  highlight(text: string): Promise<readonly Highlight[]>;
  /** Whether a text may set something secret: it is to be kept nowhere. */
  mayHoldSecret(text: string): Promise<boolean>;
}

/** Something that only the person can say; the command waits for the answer. */
export type Question =
  | { readonly kind: 'confirm'; readonly message: string }
  | { readonly kind: 'text'; readonly message: string; readonly initial: string }
  | { readonly kind: 'password'; readonly message: string }
  | { readonly kind: 'select'; readonly message: string; readonly choices: readonly HelpLine[] };
