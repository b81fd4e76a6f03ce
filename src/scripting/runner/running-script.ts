import type { EventName } from '../script/events.ts';
import { type ParsedScript, parseScript } from '../script/parse.ts';
import type { ScriptLimits } from './limits.ts';

/** A block that can be called. */
export type RunningBlock = {
  readonly script: RunningScript;
  readonly event: EventName;
  readonly priority: number;
  /** The function in the Lua state; null when the state has none. */
  reference: bigint | null;
  failuresInARow: number;
};

const minute = 60_000;
/** Replacing a Lua state counts as this many overruns. */
const replacement = 5;

/** One script of a policy, and how often it has failed. */
export class RunningScript {
  readonly name: string;
  readonly parsed: ParsedScript;
  readonly blocks: readonly RunningBlock[];
  isOff = false;
  /** Failures of the functions that its timers call. */
  timerFailuresInARow = 0;
  readonly #limits: ScriptLimits;
  #minuteBegun = Number.NEGATIVE_INFINITY;
  #overruns = 0;

  constructor(name: string, text: string, limits: ScriptLimits) {
    this.name = name;
    this.#limits = limits;
    this.parsed = parseScript(text);
    this.blocks = this.parsed.blocks.map(({ event, priority }) => ({
      script: this,
      event,
      priority,
      reference: null,
      failuresInARow: 0,
    }));
  }

  /** Counts a failure of a block, or of a timer (null). Returns why the script must be switched off, else null. */
  failed(block: RunningBlock | null): string | null {
    const failures = block === null ? ++this.timerFailuresInARow : ++block.failuresInARow;
    const { failuresInARow } = this.#limits;
    if (failures < failuresInARow) return null;
    return `${failuresInARow} failures in a row in ${block?.event ?? 'timers'}`;
  }

  /** Counts an overrun budget, at a time in milliseconds. Returns the same as `failed`. */
  overran(now: number, hadReplacement: boolean): string | null {
    if (now - this.#minuteBegun >= minute) {
      this.#minuteBegun = now;
      this.#overruns = 0;
    }
    this.#overruns += hadReplacement ? replacement : 1;
    const { overrunsInAMinute } = this.#limits;
    return this.#overruns < overrunsInAMinute
      ? null
      : `over its budget ${overrunsInAMinute} times within a minute`;
  }
}

/** The blocks of all scripts for each event: lower priorities first, equal ones in the order of the scripts. */
export function blocksByEvent(
  scripts: readonly RunningScript[],
): ReadonlyMap<EventName, readonly RunningBlock[]> {
  const blocks = scripts.flatMap((script) => script.blocks);
  return Map.groupBy(
    blocks.toSorted((one, other) => one.priority - other.priority),
    ({ event }) => event,
  );
}
