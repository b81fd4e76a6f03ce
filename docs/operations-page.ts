import type { OperationRequirement } from '../src/access/permissions.ts';
import type { Language } from '../src/cli/language/language.ts';
import type { Operation } from '../src/cli/language/operation.ts';
import { code, page, sentence } from './markdown.ts';

const groups = [
  ['execute', 'It does something, or asks.'],
  ['diagnose', 'It looks into what runs.'],
  ['get', 'It prints what no table holds.'],
] as const;

/** The page of all verbs, pipes and operations. */
export function operationsPage({ verbs, pipes, operations }: Language): string {
  return page(
    [
      '<!-- Generated from src/cli/ -->',
      '# Verbs, pipes and operations',
      'What may be entered at a prompt, in a batch and after `levee -c`; [the command line](command-line.md) says how it is used. `?` shows the same at the place where it may stand.',
      '## Verbs',
      table(
        ['verb', 'where', 'what it does'],
        verbs()
          .toSorted((one, other) => (one.verb < other.verb ? -1 : 1))
          .map(({ verb, levels, help }) => [code(verb), levels.join(', '), sentence(help)]),
      ),
      "`root` is the prompt itself; a `table` is entered with `config`, a `row` with `edit`; a `singleton` is a table with one row only. How a program asks for an operation over [the API](api.md) stands in its row; nothing: it can't.",
      '## Pipes',
      table(
        ['pipe', 'what it does'],
        pipes().map(({ name, parameters, help }) => [code(`${name} ${parameters}`.trim()), sentence(help)]),
      ),
      ...groups.flatMap(([verb, what]) => [`## ${verb}`, what, operationsTable(operations(), verb)]),
    ],
    new Map(),
  );
}

function operationsTable(operations: readonly Operation[], wanted: Operation['verb']): string {
  return table(
    ['command', 'permission', 'API', 'what it does'],
    operations
      .filter(({ verb }) => verb === wanted)
      .map(({ words, parameters, requires, files, api, help }) => [
        code([...words, parameters].join(' ').trim()),
        [requires, ...(files === undefined ? [] : [files])].map(permissionText).join(' and '),
        apiText[api],
        sentence(help),
      ]),
  );
}

/** How a program asks for it. */
const apiText: Readonly<Record<Operation['api'], string>> = { reads: 'GET', acts: 'POST', console: '' };

function permissionText(requires: OperationRequirement): string {
  return requires === 'by-table' ? 'that of the tables' : code(`${requires.area} ${requires.access}`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll(/(?<!\\)\|/g, '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
