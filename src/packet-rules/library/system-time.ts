import { LuaError } from '../../lua/host/errors.ts';
import { ctime } from '../../lua/library/ctime.ts';
import { pushFunctions } from '../../lua/values/function-table.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';

/** What rules may have of Lua's library os (reference manual 5.1, 5.8): the time, and nothing of the system. */

/** A moment, with its parts in local time or in UTC. */
type Parts = {
  readonly date: Date;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;
  readonly dayOfYear: number;
  readonly isUtc: boolean;
};

const dayMs = 86_400_000;
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

function partsOf(date: Date, isUtc: boolean): Parts {
  const local = isUtc ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  const year = local.getUTCFullYear();
  const dayOfYear = Math.floor((local.getTime() - Date.UTC(year, 0, 1)) / dayMs) + 1;
  return {
    ...{ date, year, isUtc, dayOfYear, month: local.getUTCMonth(), day: local.getUTCDate() },
    ...{ hour: local.getUTCHours(), minute: local.getUTCMinutes(), second: local.getUTCSeconds() },
    weekday: local.getUTCDay(),
  };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Weeks of the year, where the first begins with the first such day. */
function weekOf({ dayOfYear, weekday }: Parts, first: number): string {
  return two(Math.floor((dayOfYear + 6 - ((weekday - first + 7) % 7)) / 7));
}

function twelve(hour: number): number {
  return hour % 12 === 0 ? 12 : hour % 12;
}

function zoneOf({ date, isUtc }: Parts): string {
  return isUtc ? 'GMT' : (/\(([^)]+)\)/.exec(date.toString())?.[1] ?? '');
}

function clockOf({ hour, minute, second }: Parts): string {
  return `${two(hour)}:${two(minute)}:${two(second)}`;
}

/** The conversions of strftime(3) in the C locale. */
const conversions: Readonly<Record<string, (parts: Parts) => string>> = {
  a: ({ weekday }) => (weekdays[weekday] ?? '').slice(0, 3),
  A: ({ weekday }) => weekdays[weekday] ?? '',
  b: ({ month }) => (months[month] ?? '').slice(0, 3),
  B: ({ month }) => months[month] ?? '',
  c: ({ date, isUtc }) => ctime(isUtc ? new Date(date.getTime() + date.getTimezoneOffset() * 60_000) : date),
  d: ({ day }) => two(day),
  D: ({ month, day, year }) => `${two(month + 1)}/${two(day)}/${two(year % 100)}`,
  F: ({ month, day, year }) => `${year}-${two(month + 1)}-${two(day)}`,
  H: ({ hour }) => two(hour),
  I: ({ hour }) => two(twelve(hour)),
  j: ({ dayOfYear }) => String(dayOfYear).padStart(3, '0'),
  m: ({ month }) => two(month + 1),
  M: ({ minute }) => two(minute),
  p: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  R: ({ hour, minute }) => `${two(hour)}:${two(minute)}`,
  s: ({ date }) => String(Math.floor(date.getTime() / 1000)),
  S: ({ second }) => two(second),
  T: clockOf,
  U: (parts) => weekOf(parts, 0),
  w: ({ weekday }) => String(weekday),
  W: (parts) => weekOf(parts, 1),
  x: ({ month, day, year }) => `${two(month + 1)}/${two(day)}/${two(year % 100)}`,
  X: clockOf,
  y: ({ year }) => two(year % 100),
  Y: ({ year }) => String(year),
  Z: zoneOf,
  '%': () => '%',
};

function pushParts(stack: LuaStack, parts: Parts): void {
  const fields = {
    ...{ year: parts.year, month: parts.month + 1, day: parts.day, hour: parts.hour, min: parts.minute },
    ...{ sec: parts.second, wday: parts.weekday + 1, yday: parts.dayOfYear },
  };
  stack.pushTable();
  const table = stack.count;
  for (const [name, value] of Object.entries(fields)) {
    stack.pushNumber(value);
    stack.setField(table, name);
  }
  stack.pushBoolean(false);
  stack.setField(table, 'isdst');
}

const date: HostFunction = (stack) => {
  const format = stack.textOr(1, '%c');
  const at = stack.isAbsent(2) ? new Date() : new Date(Math.floor(stack.number(2)) * 1000);
  if (Number.isNaN(at.getTime())) throw new LuaError('time out of range');
  const isUtc = format.startsWith('!');
  const parts = partsOf(at, isUtc);
  const wanted = isUtc ? format.slice(1) : format;
  stack.meter.charge(wanted.length);
  if (wanted.startsWith('*t')) {
    pushParts(stack, parts);
    return 1;
  }
  const text = wanted.replace(/%(.?)/gs, (all: string, letter: string) => {
    const convert = Object.hasOwn(conversions, letter) ? conversions[letter] : undefined;
    if (convert === undefined) throw new LuaError(`invalid conversion specifier '${all}'`);
    return convert(parts);
  });
  stack.pushText(text);
  return 1;
};

/** The number of a field of the table at 1. */
function fieldAt(stack: LuaStack, name: string, otherwise: number | undefined): number {
  stack.getField(1, name);
  if (stack.isAbsent(-1)) {
    if (otherwise === undefined) throw new LuaError(`field '${name}' missing in date table`);
    stack.drop(1);
    return otherwise;
  }
  const value = Math.floor(stack.number(-1));
  stack.drop(1);
  return value;
}

const time: HostFunction = (stack) => {
  if (stack.isAbsent(1)) {
    stack.pushNumber(Math.floor(Date.now() / 1000));
    return 1;
  }
  const at = new Date(
    fieldAt(stack, 'year', undefined),
    fieldAt(stack, 'month', undefined) - 1,
    fieldAt(stack, 'day', undefined),
    fieldAt(stack, 'hour', 12),
    fieldAt(stack, 'min', 0),
    fieldAt(stack, 'sec', 0),
  ).getTime();
  if (Number.isNaN(at)) stack.pushNil();
  else stack.pushNumber(at / 1000);
  return 1;
};

/** Sets the global table os. */
export function installTime(stack: LuaStack): void {
  pushFunctions(stack, {
    date,
    time,
    clock: (running) => {
      running.pushNumber(process.cpuUsage().user / 1_000_000);
      return 1;
    },
    difftime: (running) => {
      running.pushNumber(running.number(1) - (running.isAbsent(2) ? 0 : running.number(2)));
      return 1;
    },
  });
  stack.setGlobal('os');
}
