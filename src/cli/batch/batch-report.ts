import { counted, isOrAre } from '../../text/plural.ts';
import { type Fault, problemOf, type Surroundings } from '../faults/problem.ts';
import type { BatchOptions, Emit } from '../session/session.ts';

/** The most mistakes that are told; the others are counted. */
export const mostTold = 100;

/** What a batch tells: each mistake once, and at the end what became of the whole. */
export class BatchReport {
  readonly #emit: Emit;
  readonly #options: BatchOptions;
  #errors = 0;
  /** Of them, those that --skip-unknown would leave out. */
  #avoidable = 0;
  /** There is something of which it matters whether it was applied. */
  #isToApply: boolean;

  constructor(emit: Emit, options: BatchOptions) {
    this.#emit = emit;
    this.#options = options;
    this.#isToApply = !options.operations;
  }

  /** The texts have something besides what only shows, or runs by itself. */
  hasToApply(): void {
    this.#isToApply = true;
  }

  get errors(): number {
    return this.#errors;
  }

  /**
   * A fault that only follows from another is told where the good rows are taken all the same. `isWhyItEnds`: it is told
   * whatever was told before.
   */
  fault(fault: Fault, surroundings: Surroundings, isWhyItEnds = false): void {
    if (fault.consequence && !this.#options.keepGoing) return;
    this.#errors += 1;
    if (this.#errors > mostTold && !isWhyItEnds) return;
    this.#emit({ kind: 'problem', problem: problemOf(fault, surroundings) });
  }

  /** The mistake that was told last is one that --skip-unknown would leave out. */
  couldLeaveOut(): void {
    this.#avoidable += 1;
  }

  notice(text: string): void {
    this.#emit({ kind: 'notice', text: `${text}\n` });
  }

  /** What a transaction has changed, where its person has given it to be applied. */
  done(text: string): void {
    this.#emit({ kind: 'done', text: `${text}\n` });
  }

  /** Somebody wants to hear that in a line. */
  get tellsWhatWasDone(): boolean {
    return this.#options.isImport || this.#options.here;
  }

  /** The texts hold something, and nothing of it could be taken. */
  nothing(): void {
    this.notice('nothing was applied: these texts hold no command that Levee has');
  }

  interrupted(committedTo: number): void {
    this.notice(this.#isToApply || committedTo > 0 ? `interrupted: ${applied(committedTo)}` : 'interrupted');
  }

  /** `refused`: nothing was, or could be, committed. `committedTo`: what stands before that line had been committed; 0: nothing. */
  summary(refused: boolean, committedTo: number): void {
    const areMany = this.#errors > mostTold;
    const isToApply = this.#isToApply || committedTo > 0;
    if (this.#errors === 0 || !(isToApply || areMany)) return;
    const untold = areMany ? `, of which the first ${mostTold} are shown` : '';
    const fate = isToApply ? `: ${this.#fate(refused, committedTo)}` : '';
    this.notice(`${counted(this.#errors, 'error')}${untold}${fate}`);
    if (this.#avoidable === 0) return;
    const which = `${this.#avoidable} of these errors ${isOrAre(this.#avoidable)}`;
    this.notice(
      `${which} about what another system may have: "levee import --skip-unknown" leaves that out, and lists it`,
    );
  }

  #fate(refused: boolean, committedTo: number): string {
    if (this.#options.check) return 'nothing was to be applied';
    if (this.#options.keepGoing && !refused) return 'the other entries were applied';
    return applied(committedTo);
  }
}

function applied(committedTo: number): string {
  return committedTo === 0
    ? 'nothing was applied'
    : `only what stands before line ${committedTo} was applied`;
}
