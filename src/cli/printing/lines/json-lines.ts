import { oneLine } from '../../../text/harmless.ts';

/**
 * What a program wants of an output, as JSON that a person can read too: as `JSON.stringify` with two spaces. A list may
 * be any iterable, whose elements are made when it is their turn; behind each of them others may have theirs, and where
 * it gives undefined instead of one.
 */
export function jsonLines(data: unknown): Generator<string | undefined, void> {
  return valueLines(data, '', '', '');
}

/** A value between what stands before it and after it. */
function valueLines(
  value: unknown,
  indent: string,
  before: string,
  after: string,
): Generator<string | undefined, void> {
  if (isList(value)) return listLines(value, indent, before, after);
  if (isRecord(value)) return recordLines(value, indent, before, after);
  return wholeLines(value, indent, before, after);
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !('toJSON' in value);
}

function* recordLines(
  record: Readonly<Record<string, unknown>>,
  indent: string,
  before: string,
  after: string,
): Generator<string | undefined, void> {
  // What JSON knows no form for is left out, as JSON.stringify does.
  const members = Object.entries(record).filter(
    ([, value]) => value !== undefined && typeof value !== 'function',
  );
  if (members.length === 0) {
    yield `${indent}${before}{}${after}`;
    return;
  }
  yield `${indent}${before}{`;
  for (const [index, [name, value]] of members.entries()) {
    const comma = index + 1 < members.length ? ',' : '';
    yield* valueLines(value, `${indent}  `, `${oneLine(JSON.stringify(name))}: `, comma);
  }
  yield `${indent}}${after}`;
}

function* listLines(
  list: Iterable<unknown>,
  indent: string,
  before: string,
  after: string,
): Generator<string | undefined, void> {
  let last: { readonly element: unknown } | undefined;
  for (const element of list) {
    if (element === undefined && !Array.isArray(list)) {
      yield undefined;
      continue;
    }
    if (last === undefined) yield `${indent}${before}[`;
    else yield* valueLines(last.element, `${indent}  `, '', ',');
    yield undefined;
    last = { element: element ?? null };
  }
  if (last === undefined) {
    yield `${indent}${before}[]${after}`;
    return;
  }
  yield* valueLines(last.element, `${indent}  `, '', '');
  yield `${indent}]${after}`;
}

function* wholeLines(data: unknown, indent: string, before: string, after: string): Generator<string> {
  const lines = JSON.stringify(data, null, 2).split('\n').map(oneLine);
  for (const [index, line] of lines.entries()) {
    yield `${indent}${index === 0 ? before : ''}${line}${index + 1 === lines.length ? after : ''}`;
  }
}
