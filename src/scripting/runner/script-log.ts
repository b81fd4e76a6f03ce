import type { Timer } from '../../enforcer/engine/engine.ts';
import type { ScriptLine } from '../../enforcer/hooks/hooks.ts';
import type { Occasion } from '../commands/command.ts';
import type { TimerSource } from '../connection/connection-timers.ts';

/** One line for the event log. `notice`: a state was replaced, or lines were left out. */
export type ScriptReport = Omit<ScriptLine, 'policy'> & { readonly occasion: Occasion };

const second = 1000;
const longestMessage = 1024;
/** Of the C0 and C1 sets: a script must not write a line of its own into the log, nor move a terminal's cursor. */
const control = /[\p{Cc}\u2028\u2029]/gu;

/** On one line and of bounded length; a tab is kept, other control characters are written as `\x` and two digits. */
function printable(message: string): string {
  const cut = message.length > longestMessage ? `${message.slice(0, longestMessage)}...` : message;
  return cut.replace(control, (character) =>
    character === '\t' ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** Passes reports on, so many in a second, and when it is over one that counts the others. That a script is off is always told. */
export class ScriptLog {
  readonly #pass: (report: ScriptReport) => void;
  readonly #most: number;
  readonly #now: () => number;
  readonly #timers: TimerSource;
  #begun = 0;
  #passed = 0;
  #left = 0;
  /** Set while lines are left out: nothing else may be written for long. */
  #telling: Timer | null = null;

  constructor(pass: (report: ScriptReport) => void, most: number, now: () => number, timers: TimerSource) {
    this.#pass = pass;
    this.#most = most;
    this.#now = now;
    this.#timers = timers;
  }

  write(report: ScriptReport): void {
    if (this.#now() - this.#begun >= second) this.flush();
    if (this.#passed >= this.#most && report.kind !== 'switched-off') {
      this.#telling ??= this.#timers.after(this.#begun + second - this.#now(), () => this.flush());
      this.#left++;
      return;
    }
    this.#passed++;
    this.#pass({ ...report, message: printable(report.message) });
  }

  /** Tells how many were left out since the last time, if any. */
  flush(): void {
    this.#telling?.stop();
    this.#telling = null;
    if (this.#left > 0) {
      this.#pass({
        kind: 'notice',
        script: '',
        occasion: 'RULE_EXIT',
        message: `${this.#left} more lines of scripts`,
      });
    }
    this.#begun = this.#now();
    this.#passed = 0;
    this.#left = 0;
  }
}
