import { LuaError } from '../host/errors.ts';
import { inClass } from './character-class.ts';

/** A part of some bytes. */
export type Span = { readonly start: number; readonly end: number };

/** Takes the steps of a match from a budget; throws when none are left. */
export type StepMeter = { charge(steps: number): void };

/** `end` is `unfinished` while the group is open, and `positionOnly` for the empty group. */
export type Capture = { start: number; end: number };
export const unfinished = -1;
export const positionOnly = -2;

const mostCaptures = 32;
const deepest = 200;
const noMatch = -1;
/** How many single steps are charged at once. */
const stepsAtOnce = 64;

const [ESCAPE, OPENING, CLOSING, SET, SET_END, NEGATION] = [0x25, 0x28, 0x29, 0x5b, 0x5d, 0x5e];
const [ANY, RANGE, MANY, SOME, FEW, MAYBE, ANCHOR_END] = [0x2e, 0x2d, 0x2a, 0x2b, 0x2d, 0x3f, 0x24];
const [BALANCED, FRONTIER, ZERO, ONE, NINE] = [0x62, 0x66, 0x30, 0x31, 0x39];

/**
 * Lua's patterns (reference manual 5.4, 6.4.1) over bytes, backtracking as Lua's own matcher does, with each step
 * charged. Offsets count from the beginning of `memory`.
 */
export class PatternMatcher {
  readonly captures: Capture[] = [];
  readonly #memory: Uint8Array;
  readonly #subject: Span;
  readonly #pattern: Span;
  readonly #meter: StepMeter;
  #depth = 0;
  #steps = 0;

  constructor(memory: Uint8Array, subject: Span, pattern: Span, meter: StepMeter) {
    this.#memory = memory;
    this.#subject = subject;
    this.#pattern = pattern;
    this.#meter = meter;
  }

  /**
   * The end of a match that begins at `start`, or -1. The captures are those of this match.
   *
   * @throws LuaError in Lua's words when the pattern is malformed
   */
  matchAt(start: number): number {
    this.captures.length = 0;
    this.#depth = 0;
    const end = this.#match(start, this.#pattern.start);
    this.#meter.charge(this.#steps);
    this.#steps = 0;
    return end;
  }

  #at(offset: number): number {
    return this.#memory[offset] ?? 0;
  }

  #step(): void {
    this.#steps++;
    if (this.#steps < stepsAtOnce) return;
    this.#steps = 0;
    this.#meter.charge(stepsAtOnce);
  }

  /** Matches the pattern from `from` on against the subject from `at` on. */
  #match(at: number, from: number): number {
    if (this.#depth >= deepest) throw new LuaError('pattern too complex');
    this.#depth++;
    const end = this.#items(at, from);
    this.#depth--;
    return end;
  }

  #items(start: number, from: number): number {
    let at = start;
    let item = from;
    while (item < this.#pattern.end) {
      this.#step();
      const character = this.#at(item);
      if (character === OPENING) return this.#group(at, item);
      if (character === CLOSING) return this.#closeGroup(at, item + 1);
      if (character === ANCHOR_END && item + 1 === this.#pattern.end)
        return at === this.#subject.end ? at : noMatch;
      if (character === ESCAPE && item + 1 < this.#pattern.end) {
        const special = this.#escaped(at, item);
        if (special !== undefined) {
          if (special.end === noMatch) return noMatch;
          at = special.end;
          item = special.next;
          continue;
        }
      }
      const next = this.#itemEnd(item);
      const suffix = next < this.#pattern.end ? this.#at(next) : 0;
      if (!this.#single(at, item, next)) {
        if (suffix !== MANY && suffix !== FEW && suffix !== MAYBE) return noMatch;
        item = next + 1;
        continue;
      }
      if (suffix === MANY) return this.#longest(at, item, next, 0);
      if (suffix === SOME) return this.#longest(at, item, next, 1);
      if (suffix === FEW) return this.#shortest(at, item, next);
      if (suffix === MAYBE) {
        const end = this.#match(at + 1, next + 1);
        if (end !== noMatch) return end;
        item = next + 1;
        continue;
      }
      at++;
      item = next;
    }
    return at;
  }

  /** `%b`, `%f` and back references; undefined for an escape that stands for a single character. */
  #escaped(at: number, item: number): { readonly end: number; readonly next: number } | undefined {
    const kind = this.#at(item + 1);
    if (kind === BALANCED) return { end: this.#balanced(at, item + 2), next: item + 4 };
    if (kind === FRONTIER) {
      const set = item + 2;
      if (set >= this.#pattern.end || this.#at(set) !== SET) {
        throw new LuaError("missing '[' after '%f' in pattern");
      }
      const next = this.#itemEnd(set);
      const before = at === this.#subject.start ? 0 : this.#at(at - 1);
      const here = at < this.#subject.end ? this.#at(at) : 0;
      const isFrontier = !this.#inSet(before, set, next - 1) && this.#inSet(here, set, next - 1);
      return { end: isFrontier ? at : noMatch, next };
    }
    if (kind >= ZERO && kind <= NINE) return { end: this.#backReference(at, kind), next: item + 2 };
    return undefined;
  }

  #group(at: number, item: number): number {
    const isPosition = item + 1 < this.#pattern.end && this.#at(item + 1) === CLOSING;
    if (this.captures.length >= mostCaptures) throw new LuaError('too many captures');
    this.captures.push({ start: at, end: isPosition ? positionOnly : unfinished });
    const end = this.#match(at, item + (isPosition ? 2 : 1));
    if (end === noMatch) this.captures.pop();
    return end;
  }

  #closeGroup(at: number, next: number): number {
    const open = this.captures.findLast((capture) => capture.end === unfinished);
    if (open === undefined) throw new LuaError('invalid pattern capture');
    open.end = at;
    const end = this.#match(at, next);
    if (end === noMatch) open.end = unfinished;
    return end;
  }

  #longest(at: number, item: number, next: number, least: number): number {
    let count = 0;
    while (this.#single(at + count, item, next)) {
      this.#step();
      count++;
    }
    for (; count >= least; count--) {
      const end = this.#match(at + count, next + 1);
      if (end !== noMatch) return end;
    }
    return noMatch;
  }

  #shortest(start: number, item: number, next: number): number {
    for (let at = start; ; at++) {
      const end = this.#match(at, next + 1);
      if (end !== noMatch) return end;
      if (!this.#single(at, item, next)) return noMatch;
    }
  }

  #balanced(at: number, delimiters: number): number {
    if (delimiters + 1 >= this.#pattern.end) {
      throw new LuaError("malformed pattern (missing arguments to '%b')");
    }
    const opening = this.#at(delimiters);
    const closing = this.#at(delimiters + 1);
    if (at >= this.#subject.end || this.#at(at) !== opening) return noMatch;
    let open = 1;
    for (let offset = at + 1; offset < this.#subject.end; offset++) {
      this.#step();
      const character = this.#at(offset);
      if (character === closing) {
        open--;
        if (open === 0) return offset + 1;
      } else if (character === opening) open++;
    }
    return noMatch;
  }

  #backReference(at: number, digit: number): number {
    const number = digit - ONE;
    const capture = this.captures[number];
    if (capture === undefined || capture.end === unfinished) {
      throw new LuaError(`invalid capture index %${number + 1}`);
    }
    // Lua's own matcher takes the length of a position capture as larger than any subject.
    if (capture.end === positionOnly) return noMatch;
    const length = capture.end - capture.start;
    if (this.#subject.end - at < length) return noMatch;
    for (let offset = 0; offset < length; offset++) {
      this.#step();
      if (this.#at(at + offset) !== this.#at(capture.start + offset)) return noMatch;
    }
    return at + length;
  }

  /** The offset after a single-character item. */
  #itemEnd(item: number): number {
    const { end } = this.#pattern;
    let at = item + 1;
    const character = this.#at(item);
    if (character === ESCAPE) {
      if (at === end) throw new LuaError("malformed pattern (ends with '%')");
      return at + 1;
    }
    if (character !== SET) return at;
    if (at < end && this.#at(at) === NEGATION) at++;
    do {
      this.#step();
      if (at >= end) throw new LuaError("malformed pattern (missing ']')");
      const inside = this.#at(at);
      at++;
      if (inside === ESCAPE) at++;
    } while (at >= end || this.#at(at) !== SET_END);
    return at + 1;
  }

  #single(at: number, item: number, next: number): boolean {
    if (at >= this.#subject.end) return false;
    const character = this.#at(at);
    const kind = this.#at(item);
    if (kind === ANY) return true;
    if (kind === ESCAPE) return inClass(character, this.#at(item + 1));
    if (kind === SET) return this.#inSet(character, item, next - 1);
    return kind === character;
  }

  /** `set` is at its bracket, `last` at the closing one. */
  #inSet(character: number, set: number, last: number): boolean {
    const isNegated = this.#at(set + 1) === NEGATION;
    for (let at = set + (isNegated ? 2 : 1); at < last; at++) {
      this.#step();
      const item = this.#at(at);
      if (item === ESCAPE) {
        at++;
        if (inClass(character, this.#at(at))) return !isNegated;
      } else if (this.#at(at + 1) === RANGE && at + 2 < last) {
        if (item <= character && character <= this.#at(at + 2)) return !isNegated;
        at += 2;
      } else if (item === character) return !isNegated;
    }
    return isNegated;
  }
}
