import { oneLine } from '../../text/harmless.ts';

/** What a program wants of an output, as JSON that a person can read too: as `JSON.stringify` with two spaces. */
export function* jsonLines(data: unknown): Generator<string | undefined, void> {
  if (!isRecord(data)) yield* listLines(data, '', '', '');
  else yield* recordLines(data);
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data) && !('toJSON' in data);
}

/** A record may have lists that are long. */
function* recordLines(record: Readonly<Record<string, unknown>>): Generator<string | undefined, void> {
  const members = Object.entries(record).filter(([, value]) => JSON.stringify(value) !== undefined);
  if (members.length === 0) {
    yield '{}';
    return;
  }
  yield '{';
  for (const [index, [name, value]] of members.entries()) {
    yield* listLines(
      value,
      '  ',
      `${oneLine(JSON.stringify(name))}: `,
      index + 1 < members.length ? ',' : '',
    );
  }
  yield '}';
}

/** A list element by element, and whatever is no list as a whole; between what stands before it and after it. */
function* listLines(
  data: unknown,
  indent: string,
  before: string,
  after: string,
): Generator<string | undefined, void> {
  if (!Array.isArray(data) || data.length === 0) {
    yield* wholeLines(data, indent, before, after);
    return;
  }
  yield `${indent}${before}[`;
  for (const [index, element] of data.entries()) {
    yield* wholeLines(element ?? null, `${indent}  `, '', index + 1 < data.length ? ',' : '');
    yield undefined;
  }
  yield `${indent}]${after}`;
}

function* wholeLines(data: unknown, indent: string, before: string, after: string): Generator<string> {
  const lines = JSON.stringify(data, null, 2).split('\n').map(oneLine);
  for (const [index, line] of lines.entries()) {
    yield `${indent}${index === 0 ? before : ''}${line}${index + 1 === lines.length ? after : ''}`;
  }
}
