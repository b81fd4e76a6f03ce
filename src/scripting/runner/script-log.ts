import type { Timer } from '../../enforcer/engine/engine.ts';
import type { Occasion } from '../commands/occasion.ts';
import type { TimerSource } from '../connection/connection-timers.ts';

/** One line for the event log. */
export type ScriptReport = {
  /** `debug` and `log` were asked for. A `notice` says that a state was replaced, or that lines were left out. */
  readonly kind: 'debug' | 'log' | 'error' | 'notice' | 'switched-off';
  /** '' when it is about all scripts of the policy. */
  readonly script: string;
  readonly occasion: Occasion;
  readonly message: string;
};

const second = 1000;
const longestMessage = 1024;
/** Control characters: a script must not write a line of its own into the log, nor move a terminal's cursor. */
const control = /[\p{Cc}\u2028\u2029]/gu;

/** Makes one line of bounded length. Tabs stay; other control characters become `\x` and two digits. */
function printable(message: string): string {
  const cut = message.length > longestMessage ? `${message.slice(0, longestMessage)}...` : message;
  return cut.replace(control, (character) =>
    character === '\t' ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/**
 * Passes on a bounded number of reports in each second, then one that counts those left out. That a script is switched
 * off is always reported.
 */
export class ScriptLog {
  readonly #pass: (report: ScriptReport) => void;
  readonly #most: number;
  readonly #now: () => number;
  readonly #timers: TimerSource;
  #begun = 0;
  #passed = 0;
  #omitted = 0;
  /** Runs while lines are left out: nothing else might be written for a long time. */
  #summaryTimer: Timer | null = null;

  constructor(pass: (report: ScriptReport) => void, most: number, now: () => number, timers: TimerSource) {
    this.#pass = pass;
    this.#most = most;
    this.#now = now;
    this.#timers = timers;
  }

  write(report: ScriptReport): void {
    if (this.#now() - this.#begun >= second) this.flush();
    if (this.#passed >= this.#most && report.kind !== 'switched-off') {
      this.#summaryTimer ??= this.#timers.after(this.#begun + second - this.#now(), () => this.flush());
      this.#omitted++;
      return;
    }
    this.#passed++;
    this.#pass({ ...report, message: printable(report.message) });
  }

  /** Reports how many lines were left out since the last time, if any. */
  flush(): void {
    this.#summaryTimer?.stop();
    this.#summaryTimer = null;
    if (this.#omitted > 0) {
      this.#pass({
        kind: 'notice',
        script: '',
        occasion: 'RULE_EXIT',
        message: `${this.#omitted} more lines of scripts`,
      });
    }
    this.#begun = this.#now();
    this.#passed = 0;
    this.#omitted = 0;
  }
}
