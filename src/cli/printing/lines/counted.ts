import { allOf, type Lines, type Printed } from './printed.ts';

/** How many lines there are. */
export function counted(
  lines: Lines,
  isCounted: (line: string) => boolean = () => true,
): Pick<Printed, 'lines' | 'data'> {
  return {
    lines: countLine(lines, isCounted),
    data: () => allOf(lines).filter(isCounted).length,
  };
}

function* countLine(lines: Lines, isCounted: (line: string) => boolean): Generator<string | undefined, void> {
  let count = 0;
  for (const line of lines) {
    if (line === undefined) yield undefined;
    else if (isCounted(line)) count += 1;
  }
  yield String(count);
}
