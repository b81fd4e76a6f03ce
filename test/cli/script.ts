/**
 * A CLI script is one text: remarks, files, commands and what they print.
 *
 *     == rules.conf           a file, up to the line "=="; its lines stand as they are
 *     config ...
 *     ==
 *     $ levee import rules.conf
 *     what standard output and standard error show, in the order in which it comes
 *     [1]                      the exit status, where it is not 0
 *
 * Lines before the first file or command are remarks. `[…]` in a line of what is printed stands for anything there, and
 * alone in a line for any lines: for what the script is not about, as all verbs or all tables where one was mistyped.
 */
export type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'command'; readonly command: string; readonly printed: string; readonly status: number };

export type Script = { readonly remarks: string; readonly steps: readonly Step[] };

export function parseScript(text: string): Script {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.startsWith('$ ') || beginsFile(line));
  const steps: Step[] = [];
  let at = first;
  const takeUntil = (isEnd: (line: string) => boolean): string => {
    const start = at;
    while (at < lines.length && !isEnd(lines[at] ?? '')) at += 1;
    return lines
      .slice(start, at)
      .map((line) => `${line}\n`)
      .join('');
  };
  while (at >= 0 && at < lines.length) {
    const line = lines[at] ?? '';
    at += 1;
    if (beginsFile(line)) {
      const body = takeUntil((other) => other === '==');
      at += 1;
      steps.push({ kind: 'file', name: line.slice(3), text: body });
    } else if (line.startsWith('$ ')) {
      const printed = takeUntil((other) => other.startsWith('$ ') || beginsFile(other)).replace(/\n+$/, '\n');
      const status = /(?:^|\n)\[(\d+)\]\n$/.exec(printed);
      const output =
        status === null ? printed : printed.slice(0, printed.length - status[0].trimStart().length);
      steps.push({
        kind: 'command',
        command: line.slice(2),
        printed: output === '\n' ? '' : output,
        status: Number(status?.[1] ?? 0),
      });
    }
  }
  return { remarks: lines.slice(0, Math.max(0, first)).join('\n'), steps };
}

/** `get TABLE` prints `== [ KEY ]`. */
function beginsFile(line: string): boolean {
  return line.startsWith('== ') && !line.startsWith('== [ ');
}

/** What was expected where that is what was printed; else what was printed, by lines. */
export function expectedOrPrinted(expected: string, printed: string): string {
  if (patternOf(expected).test(printed)) return expected;
  const open = expected
    .split(/(?<=\n)/)
    .filter((line) => line.includes(anything) && line !== `${anything}\n`);
  return printed
    .split(/(?<=\n)/)
    .map((line) => open.find((one) => patternOf(one).test(line)) ?? line)
    .join('');
}

const anything = '[…]';

function patternOf(expected: string): RegExp {
  const lines = expected.split(/(?<=\n)/).map((line) => {
    if (line === `${anything}\n`) return '(?:.*\\n)*';
    return line.split(anything).map(RegExp.escape).join('.*');
  });
  return new RegExp(`^${lines.join('')}$`);
}

export function printScript({ remarks, steps }: Script): string {
  const blocks = steps.map((step) =>
    step.kind === 'file'
      ? `== ${step.name}\n${step.text}==\n`
      : `$ ${step.command}\n${step.printed}${step.status === 0 ? '' : `[${step.status}]\n`}`,
  );
  return `${remarks}\n${blocks.join('')}`;
}
