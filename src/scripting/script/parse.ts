import { EVENT_NAMES, type EventName, eventNamed, isEventElsewhere } from './events.ts';
import { problemAt, type ScriptProblem } from './position.ts';
import { type Token, tokenAt } from './tokens.ts';

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
  /** In the order of the text. What stands outside of them is Lua that runs once, before RULE_INIT. */
  readonly blocks: readonly Block[];
  readonly problems: readonly ScriptProblem[];
};

/** FortiADC Script Reference Guide 7.2.7, "Set script priority": the lower the earlier, from 1. */
export const DEFAULT_PRIORITY = 500;
const HIGHEST_PRIORITY = 2_147_483_647;

const OPENS_BODY = new Set(['function', 'do', 'if', 'repeat']);
const CLOSES_BODY = new Set(['end', 'until']);

/** FortiWeb and FortiADC samples write `When` too. */
const isWhen = (word: string): boolean => word === 'when' || word === 'When';

/** What is wrong with more is no script. */
const MOST_PROBLEMS = 100;

/** Finds the blocks of a script. Whether what they hold is Lua is another question: see check.ts. */
export const parseScript = (text: string): ParsedScript => new BlockParser(text).parse();

class BlockParser {
  private readonly text: string;
  private readonly blocks: Block[] = [];
  private readonly problems: ScriptProblem[] = [];
  private token: Token;

  constructor(text: string) {
    this.text = text;
    this.token = tokenAt(text, 0);
  }

  /** Outside of blocks: functions and brackets are passed over, since `when` is a name like any other in there. */
  parse(): ParsedScript {
    let bodies = 0;
    let brackets = 0;
    while (this.token.kind !== 'end' && this.problems.length < MOST_PROBLEMS) {
      const word = this.word();
      if (bodies === 0 && brackets === 0 && this.token.kind === 'name' && this.startsBlock(word)) continue;
      if (this.token.kind === 'broken') {
        this.broken();
        continue;
      }
      if (this.token.kind === 'name') {
        if (OPENS_BODY.has(word)) bodies++;
        else if (CLOSES_BODY.has(word)) bodies = Math.max(0, bodies - 1);
      } else if (word === '{' || word === '(') brackets++;
      else if (word === '}' && brackets === 0) this.report(this.token, 'no block is open here');
      else if (word === '}' || word === ')') brackets = Math.max(0, brackets - 1);
      this.next();
    }
    return { text: this.text, blocks: this.blocks, problems: this.problems };
  }

  /** Reads a block if one begins here; false leaves the token where it is. */
  private startsBlock(word: string): boolean {
    const after = tokenAt(this.text, this.token.end);
    if (isWhen(word)) {
      const isHeader = after.kind === 'name' || after.kind === 'end' || this.text[after.start] === '{';
      if (isHeader) this.block();
      return isHeader;
    }
    if (after.kind !== 'name' || eventNamed(this.text.slice(after.start, after.end)) === undefined)
      return false;
    this.report(this.token, `unknown word '${word}' before an event`, ['when']);
    this.block();
    return true;
  }

  private block(): void {
    const { start } = this.token;
    this.next();
    const event = this.event();
    const priority = this.priority();
    if (this.word() !== '{') {
      this.report(
        this.token,
        this.token.kind === 'end' ? 'the script ends where { is missing' : 'missing {',
        ['{'],
      );
      if (!this.skipTo('{')) return;
    }
    const opening = this.token;
    if (!this.body()) {
      this.report(opening, 'this block is never closed');
      return;
    }
    if (event !== null && priority !== null) {
      const { start: bodyEnd } = this.token;
      this.blocks.push({ event, priority, start, bodyStart: opening.end, bodyEnd });
    }
    this.next();
  }

  private event(): EventName | null {
    if (this.token.kind !== 'name') {
      this.report(this.token, 'missing the name of an event', EVENT_NAMES);
      return null;
    }
    const word = this.word();
    const event = eventNamed(word) ?? null;
    if (event === null) {
      const message = isEventElsewhere(word)
        ? `${word} never happens on a TCP policy`
        : `unknown event '${word}'`;
      this.report(this.token, message, EVENT_NAMES);
    }
    this.next();
    return event;
  }

  /** Null when it is written wrongly. */
  private priority(): number | null {
    if (this.token.kind !== 'name') return DEFAULT_PRIORITY;
    if (this.word() !== 'priority') {
      this.report(this.token, `unknown word '${this.word()}' after the event`, ['priority', '{']);
      this.skipTo('{');
      return null;
    }
    this.next();
    const priority = /^\d+$/.test(this.word()) ? Number(this.word()) : 0;
    const isValid = priority >= 1 && priority <= HIGHEST_PRIORITY;
    if (!isValid) {
      this.report(this.token, `a priority is an integer from 1 to ${HIGHEST_PRIORITY}`);
      this.skipTo('{');
      return null;
    }
    this.next();
    return priority;
  }

  /** From the opening brace to the closing one, which is then the token. False: there is none. */
  private body(): boolean {
    let open = 0;
    for (; this.token.kind !== 'end'; this.next()) {
      const word = this.word();
      if (this.token.kind === 'broken') this.report(this.token, this.token.fault);
      else if (this.token.kind !== 'symbol') continue;
      else if (word === '{') open++;
      else if (word === '}') {
        open--;
        if (open === 0) return true;
      }
    }
    return false;
  }

  private skipTo(symbol: string): boolean {
    while (this.token.kind !== 'end' && this.word() !== symbol) this.next();
    return this.token.kind !== 'end';
  }

  private broken(): void {
    this.report(this.token, this.token.fault);
    this.next();
  }

  private word(): string {
    return this.text.slice(this.token.start, this.token.end);
  }

  private next(): void {
    this.token = tokenAt(this.text, this.token.end);
  }

  private report(at: Token, message: string, expected: readonly string[] = []): void {
    this.problems.push(problemAt(this.text, at.start, at.end, message, expected));
  }
}
