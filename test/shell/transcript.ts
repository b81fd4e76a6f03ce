/**
 * A key transcript is one text: remarks, settings, then keys and the whole screen after them.
 *
 *     size 60 12                columns and rows; `colour` where there is some; `looks` prints it too
 *     === show<Tab>             keys, in one chunk: <Tab>, <Enter>, <C-r>, <M-b>, <Left>, <Paste> ... </Paste>
 *     === resize 30 12          the screen gets another size
 *     === event TEXT            something happens meanwhile
 *     Levee # show █            what the screen shows, the cursor as a block
 */
export type Step = { readonly action: string; readonly screen: readonly string[] };

export type Transcript = {
  readonly head: readonly string[];
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
  readonly steps: readonly Step[];
};

const mark = '=== ';

export function parseTranscript(text: string): Transcript {
  const lines = text.replace(/\n$/, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith(mark));
  const head = lines.slice(0, first);
  const size = head.find((line) => line.startsWith('size '))?.split(' ') ?? [];
  const steps: { action: string; screen: string[] }[] = [];
  for (const line of lines.slice(first)) {
    if (line.startsWith(mark)) steps.push({ action: line.slice(mark.length), screen: [] });
    else steps.at(-1)?.screen.push(line);
  }
  return {
    head,
    columns: Number(size[1] ?? 60),
    rows: Number(size[2] ?? 12),
    colour: head.includes('colour'),
    steps,
  };
}

export function printTranscript({ head, steps }: Transcript): string {
  const blocks = steps.map(({ action, screen }) => [`${mark}${action}`, ...screen].join('\n'));
  return `${[...head, ...blocks].join('\n')}\n`;
}

const named: Readonly<Record<string, string>> = {
  Tab: '\t',
  'S-Tab': '\x1b[Z',
  Enter: '\r',
  Backspace: '\x7f',
  Delete: '\x1b[3~',
  Up: '\x1b[A',
  Down: '\x1b[B',
  Right: '\x1b[C',
  Left: '\x1b[D',
  Home: '\x1b[H',
  End: '\x1b[F',
  'C-Left': '\x1b[1;5D',
  'C-Right': '\x1b[1;5C',
  'M-Backspace': '\x1b\x7f',
  Paste: '\x1b[200~',
  '/Paste': '\x1b[201~',
  Newline: '\n',
  Return: '\r',
};

/** What a terminal sends for keys that are written as `show <Tab><C-a>`. */
export function sequencesOf(keys: string): string {
  return keys.replace(/<([^<>\s]+)>/g, (written, name: string) => {
    const known = named[name];
    if (known !== undefined) return known;
    const [modifier, key = ''] = name.split('-');
    if (modifier === 'C' && key.length === 1)
      return String.fromCharCode(key.toUpperCase().charCodeAt(0) & 0x1f);
    if (modifier === 'M' && key.length === 1) return `\x1b${key}`;
    throw new Error(`no such key: ${written}`);
  });
}
