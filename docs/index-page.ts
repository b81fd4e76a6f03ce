import type { Catalogue } from '../schemas/catalogue.ts';
import { code, item, link, page, sentence, wrapped } from './markdown.ts';
import { pageAddresses } from './table-page.ts';

/** The index of the reference pages, by the branches of the configuration. */
export function indexPage(catalogue: Catalogue): string {
  const tables = catalogue.tables.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const branches = Map.groupBy(tables, ({ path }) => path[0] ?? '');
  const parts = [
    '<!-- Generated from schemas/ -->',
    '# Tables',
    wrapped(
      'The configuration is kept in tables, and `config` followed by the path of one enters it. A table has named entries (`edit NAME`), or its fields stand directly below it. Here is a page for each; a sub-table is on the page of the table that it belongs to.',
    ),
    wrapped(
      "In the syntax, `{a | b}` is a choice of words and `<1-65535>` a number in that range; anything else in `<>` is for you to fill in. Every word can be shortened as long as it stays unambiguous, and every `set` undone with `unset`. A field marked as Levee's own is unknown to FortiWeb; one that is of this node alone, or of a table that is, is never shared by the nodes of a cluster.",
    ),
    wrapped(
      '`levee schema` prints all of them as one JSON Schema, `levee schema PATH` that of one table. [Errors] says what a mistake looks like.',
    ),
    ...[...branches].flatMap(([branch, members]) => [
      `## ${branch}`,
      members
        .map(({ id, help, area, ofNode }) =>
          item(`${link(id)} (${code(area)}${ofNode ? ', of this node alone' : ''}): ${sentence(help)}`),
        )
        .join('\n'),
    ]),
  ];
  return page(parts, pageAddresses(catalogue).set('Errors', '../errors.md'));
}
