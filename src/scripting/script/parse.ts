import { type Token, tokenAt } from '../../lua/syntax/tokens.ts';
import { type EventName, eventNamed, eventNames, isEventElsewhere } from './events.ts';
import { problemAt, type ScriptProblem } from './position.ts';

/** One `when EVENT [priority N] { Lua }`. Offsets in UTF-16 units of the script's text. */
export type Block = {
  readonly event: EventName;
  readonly priority: number;
  /** Where `when` begins. */
  readonly start: number;
  /** Just after the opening brace. */
  readonly bodyStart: number;
  /** The closing brace. */
  readonly bodyEnd: number;
};

export type ParsedScript = {
  readonly text: string;
  /** In the order of the text. The Lua outside of them runs once, before RULE_INIT. */
  readonly blocks: readonly Block[];
  /** Blocks of events that a TCP proxy never sees: they are left out. */
  readonly idle: readonly Stretch[];
  readonly problems: readonly ScriptProblem[];
  /** What does nothing here, and is no mistake. */
  readonly warnings: readonly ScriptProblem[];
};

/** From `when` to the closing brace. */
export type Stretch = Pick<Block, 'start' | 'bodyEnd'>;

/** FortiADC Script Reference Guide 7.2.7, "Set script priority": the lower the earlier, from 1. */
export const defaultPriority = 500;
const highestPriority = 2_147_483_647;

const opensBody = new Set(['function', 'do', 'if', 'repeat']);
const closesBody = new Set(['end', 'until']);

/** FortiWeb and FortiADC samples write `When` too. */
function isWhen(word: string): boolean {
  return word === 'when' || word === 'When';
}

/** A text with more problems than this is not a script: the rest is not listed. */
const mostProblems = 100;

/** Finds the blocks of a script. check.ts says whether they hold valid Lua. */
export function parseScript(text: string): ParsedScript {
  return new BlockParser(text).parse();
}

class BlockParser {
  readonly #text: string;
  readonly #blocks: Block[] = [];
  readonly #idle: Stretch[] = [];
  readonly #problems: ScriptProblem[] = [];
  readonly #warnings: ScriptProblem[] = [];
  #token: Token;

  constructor(text: string) {
    this.#text = text;
    this.#token = tokenAt(text, 0);
  }

  /** Reads what stands outside of blocks, and skips functions and brackets, in which `when` is a name like any other. */
  parse(): ParsedScript {
    let bodies = 0;
    let brackets = 0;
    while (this.#token.kind !== 'end' && this.#problems.length < mostProblems) {
      const word = this.#word();
      if (bodies === 0 && brackets === 0 && this.#token.kind === 'name' && this.#startsBlock(word)) continue;
      if (this.#token.kind === 'broken') {
        this.#broken();
        continue;
      }
      if (this.#token.kind === 'name') {
        if (opensBody.has(word)) bodies++;
        else if (closesBody.has(word)) bodies = Math.max(0, bodies - 1);
      } else if (word === '{' || word === '(') brackets++;
      else if (word === '}' && brackets === 0) this.#report(this.#token, 'no block is open here');
      else if (word === '}' || word === ')') brackets = Math.max(0, brackets - 1);
      this.#next();
    }
    return {
      text: this.#text,
      blocks: this.#blocks,
      idle: this.#idle,
      problems: this.#problems,
      warnings: this.#warnings,
    };
  }

  /** Reads a block if one begins here; false leaves the token where it is. */
  #startsBlock(word: string): boolean {
    const after = tokenAt(this.#text, this.#token.end);
    if (isWhen(word)) {
      const isHeader = after.kind === 'name' || after.kind === 'end' || this.#text[after.start] === '{';
      if (isHeader) this.#block();
      return isHeader;
    }
    if (after.kind !== 'name' || eventNamed(this.#text.slice(after.start, after.end)) === undefined)
      return false;
    this.#report(this.#token, `unknown word '${word}' before an event`, ['when']);
    this.#block();
    return true;
  }

  #block(): void {
    const { start } = this.#token;
    this.#next();
    const event = this.#event();
    const priority = this.#priority();
    if (this.#word() !== '{') {
      this.#report(
        this.#token,
        this.#token.kind === 'end' ? 'the script ends where { is missing' : 'missing {',
        ['{'],
      );
      if (!this.#skipTo('{')) return;
    }
    const opening = this.#token;
    if (!this.#body()) {
      this.#report(opening, 'this block is never closed');
      return;
    }
    const { start: bodyEnd } = this.#token;
    if (event === 'elsewhere') this.#idle.push({ start, bodyEnd });
    else if (event !== null && priority !== null)
      this.#blocks.push({ event, priority, start, bodyStart: opening.end, bodyEnd });
    this.#next();
  }

  #event(): EventName | 'elsewhere' | null {
    if (this.#token.kind !== 'name') {
      this.#report(this.#token, 'missing the name of an event', eventNames);
      return null;
    }
    const word = this.#word();
    const event = eventNamed(word) ?? (isEventElsewhere(word) ? 'elsewhere' : null);
    if (event === null) this.#report(this.#token, `unknown event '${word}'`, eventNames);
    if (event === 'elsewhere') {
      const { start, end } = this.#token;
      const message = `${word} never happens on a TCP policy: its block does nothing`;
      this.#warnings.push(problemAt(this.#text, start, end, message));
    }
    this.#next();
    return event;
  }

  /** The priority, or the default one; null when it is malformed. */
  #priority(): number | null {
    if (this.#token.kind !== 'name') return defaultPriority;
    if (this.#word() !== 'priority') {
      this.#report(this.#token, `unknown word '${this.#word()}' after the event`, ['priority', '{']);
      this.#skipTo('{');
      return null;
    }
    this.#next();
    const priority = /^\d+$/.test(this.#word()) ? Number(this.#word()) : 0;
    const isValid = priority >= 1 && priority <= highestPriority;
    if (!isValid) {
      this.#report(this.#token, `a priority is an integer from 1 to ${highestPriority}`);
      this.#skipTo('{');
      return null;
    }
    this.#next();
    return priority;
  }

  /** Moves from the opening brace to the closing one. False: there is none. */
  #body(): boolean {
    let open = 0;
    for (; this.#token.kind !== 'end'; this.#next()) {
      const word = this.#word();
      if (this.#token.kind === 'broken') this.#report(this.#token, this.#token.fault);
      else if (this.#token.kind !== 'symbol') continue;
      else if (word === '{') open++;
      else if (word === '}') {
        open--;
        if (open === 0) return true;
      }
    }
    return false;
  }

  #skipTo(symbol: string): boolean {
    while (this.#token.kind !== 'end' && this.#word() !== symbol) this.#next();
    return this.#token.kind !== 'end';
  }

  #broken(): void {
    this.#report(this.#token, this.#token.fault);
    this.#next();
  }

  #word(): string {
    return this.#text.slice(this.#token.start, this.#token.end);
  }

  #next(): void {
    this.#token = tokenAt(this.#text, this.#token.end);
  }

  #report(at: Token, message: string, expected: readonly string[] = []): void {
    this.#problems.push(problemAt(this.#text, at.start, at.end, message, expected));
  }
}
