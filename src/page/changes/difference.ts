/** What differs, as `execute revision show` and `diff` give it: tables with their entries. */
export type TableChange = { readonly path: string; readonly entries: readonly EntryChange[] };

export type EntryChange = {
  /** Null: of a table that has one entry only. */
  readonly key: string | number | null;
  readonly change: 'created' | 'changed' | 'deleted';
  readonly formerKey?: string;
  readonly moved?: { readonly side: 'before' | 'after'; readonly key: string };
  readonly fields: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>;
  readonly tables: readonly TableChange[];
};

/** A change of one entry, with what it changes of it. */
export type ChangedEntry = {
  /** The table, and those above it. */
  readonly path: string;
  /** The keys down to the entry, with `/` between them; '' of a table that has one only. */
  readonly name: string;
  readonly change: EntryChange['change'];
  /** How it was called before, and where it was put: words for a person, or ''. */
  readonly remark: string;
  readonly fields: readonly { readonly field: string; readonly before: string; readonly after: string }[];
};

/** Entries one after the other, those below others after these; what only holds changed ones is left out. */
export function changedEntries(
  changes: readonly TableChange[],
  above: { readonly path: string; readonly keys: readonly string[] } = { path: '', keys: [] },
): readonly ChangedEntry[] {
  return changes.flatMap(({ path, entries }) =>
    entries.flatMap((entry): readonly ChangedEntry[] => {
      const keys = entry.key === null ? above.keys : [...above.keys, String(entry.key)];
      const whole = above.path === '' || path.startsWith(`${above.path} `) ? path : `${above.path} ${path}`;
      const own: ChangedEntry = {
        path: whole,
        name: keys.join(' / '),
        change: entry.change,
        remark: remarkOf(entry),
        fields: Object.entries(entry.fields)
          .map(([field, { before, after }]) => ({
            field,
            before: valueText(before),
            after: valueText(after),
          }))
          .filter(({ before, after }) => before !== after),
      };
      const isOwn = own.change !== 'changed' || own.fields.length > 0 || own.remark !== '';
      return [...(isOwn ? [own] : []), ...changedEntries(entry.tables, { path: whole, keys })];
    }),
  );
}

function remarkOf({ formerKey, moved }: EntryChange): string {
  const was = formerKey === undefined ? '' : `was called ${formerKey}`;
  const place = moved === undefined ? '' : `now ${moved.side} ${moved.key}`;
  return [was, place].filter((text) => text !== '').join(', ');
}

/** '' where there is no value. */
function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}
