import { luaType, ownUpvalue } from '../host/api.ts';
import { LuaError } from '../host/errors.ts';
import type { HostFunction, LuaStack, StringView } from '../values/stack.ts';
import { Output } from './output.ts';
import { PatternMatcher, positionOnly, type Span, unfinished } from './pattern.ts';

/** string.find, match, gmatch and gsub of Lua 5.4 (reference manual, 6.4), with every step of a match charged. */

function spanOf({ at, length }: StringView): Span {
  return { start: at, end: at + length };
}

const specials = new Set([...'^$*+?.([%-'].map((special) => special.charCodeAt(0)));
const CARET = 0x5e;
const PERCENT = 0x25;
const ZERO = 0x30;

/** The offset at which a search begins, from 0; beyond the end it fails. `init` counts from 1, or from the end. */
function firstOffset(init: number, length: number): number {
  if (init > 0) return init - 1;
  return init === 0 ? 0 : Math.max(0, length + init);
}

function matcherOf(stack: LuaStack, subject: Span, pattern: Span): PatternMatcher {
  return new PatternMatcher(stack.instance.bytes, subject, pattern, stack.meter);
}

function withoutAnchor(stack: LuaStack, pattern: Span): Span {
  return isAnchored(stack, pattern) ? { start: pattern.start + 1, end: pattern.end } : pattern;
}

function isAnchored(stack: LuaStack, pattern: Span): boolean {
  return pattern.start < pattern.end && stack.instance.bytes[pattern.start] === CARET;
}

function isPlain(bytes: Uint8Array, { start, end }: Span): boolean {
  for (let at = start; at < end; at++) if (specials.has(bytes[at] ?? 0)) return false;
  return true;
}

/** Pushes capture `number`, from 0, of a match; number 0 without any capture is the whole match. */
function pushCapture(
  stack: LuaStack,
  matcher: PatternMatcher,
  subject: Span,
  match: Span,
  number: number,
): void {
  const capture = matcher.captures[number];
  if (capture === undefined) {
    if (number !== 0) throw new LuaError(`invalid capture index %${number + 1}`);
    stack.pushSlice(match.start, match.end - match.start);
  } else if (capture.end === unfinished) throw new LuaError('unfinished capture');
  else if (capture.end === positionOnly) stack.pushInteger(capture.start - subject.start + 1);
  else stack.pushSlice(capture.start, capture.end - capture.start);
}

/** Pushes all captures, or the whole match when there are none and `whole` is set. Returns how many. */
function pushCaptures(
  stack: LuaStack,
  matcher: PatternMatcher,
  subject: Span,
  match: Span,
  whole: boolean,
): number {
  const count = matcher.captures.length === 0 && whole ? 1 : matcher.captures.length;
  if (!stack.reserve(count)) throw new LuaError('stack overflow (too many captures)');
  for (let number = 0; number < count; number++) pushCapture(stack, matcher, subject, match, number);
  return count;
}

/** The first match at `from` or later, or null. */
function search(stack: LuaStack, matcher: PatternMatcher, from: number, last: number): Span | null {
  for (let start = from; start <= last; start++) {
    stack.meter.charge(1);
    const end = matcher.matchAt(start);
    if (end >= 0) return { start, end };
  }
  return null;
}

function findPlain(stack: LuaStack, subject: Span, wanted: Span, from: number): number {
  const bytes = stack.instance.bytes.subarray(0, subject.end);
  const pattern = stack.instance.bytes.subarray(wanted.start, wanted.end);
  const { length } = pattern;
  if (length === 0) return from;
  stack.meter.chargeBytes(subject.end - from);
  const first = pattern[0] ?? 0;
  for (let at = from; at + length <= subject.end; at++) {
    at = bytes.indexOf(first, at);
    if (at < 0 || at + length > subject.end) return -1;
    let same = 1;
    while (same < length && bytes[at + same] === pattern[same]) same++;
    stack.meter.charge(same);
    if (same === length) return at;
  }
  return -1;
}

function searchOrFind(stack: LuaStack, isFind: boolean): number {
  const subject = spanOf(stack.view(1));
  const pattern = spanOf(stack.view(2));
  const from = subject.start + firstOffset(stack.integerOr(3, 1), subject.end - subject.start);
  if (from > subject.end) {
    stack.pushNil();
    return 1;
  }
  if (isFind && (stack.boolean(4) || isPlain(stack.instance.bytes, pattern))) {
    const at = findPlain(stack, subject, pattern, from);
    return pushPlace(stack, subject, at < 0 ? null : { start: at, end: at + pattern.end - pattern.start });
  }
  const matcher = matcherOf(stack, subject, withoutAnchor(stack, pattern));
  const match = search(stack, matcher, from, isAnchored(stack, pattern) ? from : subject.end);
  if (isFind) {
    const pushed = pushPlace(stack, subject, match);
    return match === null ? pushed : pushed + pushCaptures(stack, matcher, subject, match, false);
  }
  if (match !== null) return pushCaptures(stack, matcher, subject, match, true);
  stack.pushNil();
  return 1;
}

function pushPlace(stack: LuaStack, subject: Span, match: Span | null): number {
  if (match === null) {
    stack.pushNil();
    return 1;
  }
  stack.pushInteger(match.start - subject.start + 1);
  stack.pushInteger(match.end - subject.start);
  return 2;
}

export const find: HostFunction = (stack) => searchOrFind(stack, true);
export const match: HostFunction = (stack) => searchOrFind(stack, false);

/** The upvalues of the function that string.gmatch returns. Offsets count from 0; -1: there was no match yet. */
const subjectUpvalue = ownUpvalue(1);
const patternUpvalue = ownUpvalue(2);
const nextUpvalue = ownUpvalue(3);
const lastEnd = ownUpvalue(4);

const nextMatch: HostFunction = (stack) => {
  const subject = spanOf(stack.view(subjectUpvalue));
  const matcher = matcherOf(stack, subject, spanOf(stack.view(patternUpvalue)));
  const last = subject.start + stack.integer(lastEnd);
  for (let start = subject.start + stack.integer(nextUpvalue); start <= subject.end; start++) {
    stack.meter.charge(1);
    const end = matcher.matchAt(start);
    if (end < 0 || end === last) continue;
    stack.setInteger(nextUpvalue, end - subject.start);
    stack.setInteger(lastEnd, end - subject.start);
    return pushCaptures(stack, matcher, subject, { start, end }, true);
  }
  return 0;
};

export const gmatch: HostFunction = (stack) => {
  const { length } = stack.view(1);
  stack.view(2);
  const from = Math.min(firstOffset(stack.integerOr(3, 1), length), length + 1);
  stack.pushCopy(1);
  stack.pushCopy(2);
  stack.pushInteger(from);
  stack.pushInteger(-1);
  stack.pushClosure(nextMatch, 4);
  return 1;
};

/** The value that replaces a match is on top of the stack: a string or number, or false or nil to keep the match. */
function addReplacement(stack: LuaStack, output: Output, match: Span): void {
  const type = stack.type(-1);
  if (!stack.boolean(-1)) output.add(stack.instance.bytes.subarray(match.start, match.end));
  else if (type === luaType.string || type === luaType.number) {
    const { at, length } = stack.view(-1);
    output.add(stack.instance.bytes.subarray(at, at + length));
  } else throw new LuaError(`invalid replacement value (a ${stack.typeName(-1)})`);
  stack.drop(1);
}

function addTemplate(
  stack: LuaStack,
  output: Output,
  matcher: PatternMatcher,
  subject: Span,
  found: Span,
): void {
  const template = spanOf(stack.view(3));
  let from = template.start;
  for (;;) {
    const { bytes } = stack.instance;
    const percent = bytes.subarray(0, template.end).indexOf(PERCENT, from);
    const end = percent < 0 ? template.end : percent;
    output.add(bytes.subarray(from, end));
    if (end === template.end) return;
    stack.meter.charge(1);
    const kind = end + 1 < template.end ? (bytes[end + 1] ?? 0) : 0;
    const digit = kind - ZERO;
    if (kind === PERCENT) output.add(bytes.subarray(end, end + 1));
    else if (digit === 0) output.add(bytes.subarray(found.start, found.end));
    else if (digit > 0 && digit <= 9) {
      pushCapture(stack, matcher, subject, found, digit - 1);
      const { at, length } = stack.view(-1);
      output.add(stack.instance.bytes.subarray(at, at + length));
      stack.drop(1);
    } else throw new LuaError("invalid use of '%' in replacement string");
    from = end + 2;
  }
}

const replaces = new Set<number>([luaType.number, luaType.string, luaType.table, luaType.function]);

export const gsub: HostFunction = (stack) => {
  const subject = spanOf(stack.view(1));
  const pattern = spanOf(stack.view(2));
  const kind = stack.type(3);
  if (!replaces.has(kind)) stack.typeError(3, 'string/function/table');
  if (kind === luaType.number) stack.view(3);
  const most = stack.integerOr(4, subject.end - subject.start + 1);
  const isOnce = isAnchored(stack, pattern);
  const body = withoutAnchor(stack, pattern);
  const output = new Output(stack);
  let at = subject.start;
  let last = -1;
  let count = 0;
  while (count < most) {
    stack.meter.charge(1);
    // A replacement function may have made memory grow.
    const matcher = matcherOf(stack, subject, body);
    const end = matcher.matchAt(at);
    if (end >= 0 && end !== last) {
      count++;
      const found = { start: at, end };
      if (kind === luaType.function) {
        stack.pushCopy(3);
        stack.call(pushCaptures(stack, matcher, subject, found, true), 1);
        addReplacement(stack, output, found);
      } else if (kind === luaType.table) {
        pushCapture(stack, matcher, subject, found, 0);
        stack.getIndexed(3);
        addReplacement(stack, output, found);
      } else addTemplate(stack, output, matcher, subject, found);
      at = end;
      last = end;
    } else if (at < subject.end) {
      output.add(stack.instance.bytes.subarray(at, at + 1));
      at++;
    } else break;
    if (isOnce) break;
  }
  output.add(stack.instance.bytes.subarray(at, subject.end));
  output.push();
  stack.pushInteger(count);
  return 2;
};
