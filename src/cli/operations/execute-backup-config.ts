import { writesFiles } from '../../access/permissions.ts';
import { unreadable } from '../../model/permission.ts';
import { productVersion } from '../../system/version.ts';
import { timeText } from '../../time/log-time.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { tableData } from '../printing/data.ts';
import { hasContent, showTable } from '../printing/show.ts';
import type { Context } from '../session/context.ts';
import { Settings } from '../session/settings/settings.ts';
import { choices, hint } from '../typing/suggestion.ts';
import { resolveWord } from '../words/resolve.ts';

const keywords = {
  full: 'Every field, defaults included',
  overwrite: 'What the file holds before may be lost',
} as const;

export default {
  verb: 'execute',
  words: ['backup', 'config'],
  parameters: '<file> [full] [overwrite]',
  help: 'Write the whole configuration to a file of yours, as commands that restore it',
  requires: { area: 'mntgrp', access: 'r' },
  api: 'console',
  files: writesFiles,
  suggest: (_position, { length }) =>
    length === 0 ? [hint('<file>', 'Where it goes, on the machine where you type')] : choices(keywords),
  run(context, [file, ...parameters]): Faults {
    const { model, print } = context;
    if (file === undefined || file.text === '')
      return [{ error: 'incomplete', word: '', expected: 'the name of a file' }];
    const given = new Set<string>();
    for (const word of parameters) {
      const names = Object.keys(keywords).filter((name) => !given.has(name));
      if (names.length === 0) return [superfluous(word)];
      const resolved = resolveWord(word, names, names.join(' or '));
      if ('fault' in resolved) return [resolved.fault];
      given.add(resolved.found);
    }
    const { tables } = model.catalogue;
    // What lacks a table is no backup.
    const [hidden] = tables.flatMap((table) => unreadable(model, table) ?? []);
    if (hidden !== undefined) return [hidden];
    // What waits in a transaction is of no revision.
    const { view } = model.configuration.present;
    const options = { full: given.has('full') };
    const shown = tables.filter((table) => hasContent(view, table, options));
    print({
      lines: lines(context, () => shown.values().flatMap((table) => showTable(view, table, options))),
      data: () => Object.fromEntries(shown.map((table) => [table.id, tableData(view, table, options)])),
      file: { name: file.text, overwrite: given.has('overwrite') },
    });
    return done;
  },
} satisfies Operation;

function* lines({ model }: Context, commands: () => Iterable<string>): Generator<string> {
  const { view } = model.configuration.present;
  const { hostName } = new Settings(model.catalogue, view);
  yield `# Levee ${productVersion}, ${hostName}, revision ${view.revision}, ${timeText(Date.now())}`;
  yield* commands();
}
