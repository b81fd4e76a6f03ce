import type { ComponentChildren } from 'preact';

/** One of several ways to do something. */
export type Choice = { readonly label: string; readonly lines: readonly string[] };

/** Something that the page can do: always as lines of the command line. */
export type Action = {
  /** What happens: "Block 192.0.2.7". */
  readonly title: string;
  /** What whoever does it should know. */
  readonly text?: ComponentChildren;
  /** The ways to do it; where there are several, one is chosen. The first is offered first. */
  readonly choices: readonly Choice[];
  /** What is asked with several choices: "For how long". */
  readonly question?: string;
  /** It changes the configuration in one batch: it may be taken back by itself unless it is confirmed. */
  readonly isChange?: boolean;
  /** It takes something away, or ends connections. */
  readonly isDangerous?: boolean;
};

/** An action that can be done in one way only. */
export function actionOf(title: string, lines: readonly string[], more: Partial<Action> = {}): Action {
  return { title, choices: [{ label: '', lines }], ...more };
}
