import type { Table } from '../../../schemas/table.ts';
import type { Requirement } from '../../access/permissions.ts';
import { canRead, missingPermission } from '../../model/permission.ts';
import type { Draft } from '../../store/draft.ts';
import type { View } from '../../store/view.ts';
import type { Steps } from '../../time/time-slice.ts';
import { done } from '../faults/problem.ts';
import { defineVerb } from '../language/verb.ts';
import { tableData } from '../printing/data.ts';
import { between, type Part, printedDifference } from '../printing/differences/compared.ts';
import type { Printed } from '../printing/lines/printed.ts';
import { pathTarget } from '../printing/path-target.ts';
import { NotForPipe } from '../printing/pipe.ts';
import { hasContent, type ShowOptions, showTable } from '../printing/show.ts';
import type { Context } from '../session/context.ts';
import { choices, pathKeySuggestions } from '../typing/suggestion.ts';

const full = 'full-configuration';

/** What was committed before is for whoever may see the revisions. */
const readsHistory: Requirement = { area: 'mntgrp', access: 'r' };

export default defineVerb({
  verb: 'show',
  alsoCalled: ['list', 'ls', 'display'],
  help: 'Print the configuration as commands that can be entered again',
  levels: ['root', 'table', 'row', 'singleton'],
  suggest(position, words, prefix) {
    const [first, ...rest] = words;
    const isFull = first !== undefined && !first.quoted && first.text !== '' && full.startsWith(first.text);
    const path = pathKeySuggestions(position, isFull ? rest : words, prefix);
    return words.length > 0
      ? path
      : [...path, ...choices({ [full]: 'Every field, defaults included' }, 'path')];
  },
  run(context, statement) {
    const { levels, print } = context;
    const { catalogue } = context.model;
    const target = pathTarget(context, statement.path);
    if ('fault' in target) return [target.fault];
    const { top, focus } = target;
    const { view } = levels;
    const options = { full: statement.full };
    if (top !== undefined) {
      const lines = showTable(view, top, options, focus);
      const compare = comparing(context, { table: top, row: focus?.rows[0] });
      print({ lines, compare, data: () => ({ [top.id]: tableData(view, top, options, focus) }) });
      return done;
    }
    const tables = catalogue.tables.filter(
      (table) => canRead(context.model, table) && hasContent(view, table, options),
    );
    print({
      lines: everyTable(view, tables, options),
      compare: comparing(context),
      data: () => Object.fromEntries(tables.map((table) => [table.id, tableData(view, table, options)])),
    });
    return done;
  },
});

/** What is pending, beside what is committed or was at a revision. */
function comparing({ levels, model }: Context, part?: Part): NonNullable<Printed['compare']> {
  const { configuration } = model;
  return (revision) => {
    if (revision === null)
      return printedDifference(
        model,
        () => alreadyMade(levels.pendingOver(configuration.present.view)),
        part,
      );
    const missing = missingPermission(model, readsHistory);
    if (missing !== undefined) throw new NotForPipe(missing);
    const { oldest } = configuration.history;
    const last = configuration.view.revision;
    if (revision < oldest || revision > last) {
      const expected = `a revision from ${oldest} to ${last}`;
      throw new NotForPipe({ error: 'not-found', word: String(revision), expected });
    }
    return printedDifference(
      model,
      function* () {
        const draft = yield* between(configuration, revision, last);
        levels.mergeInto(draft);
        return draft;
      },
      part,
    );
  };
}

function* alreadyMade(draft: Draft): Steps<Draft> {
  yield;
  return draft;
}

function* everyTable(view: View, tables: readonly Table[], options: ShowOptions): Generator<string> {
  for (const table of tables) yield* showTable(view, table, options);
}
