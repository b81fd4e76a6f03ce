/** What changes while somebody looks at it: tables that their screen sorts and filters. Plain data. */
export type LiveView = {
  /** Lines above the tables. */
  readonly head: readonly string[];
  readonly tables: readonly LiveTable[];
  /** What came of the last action, or ''. */
  readonly remark: string;
};

export type LiveTable = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly LiveRow[];
  /** What can be done about a row. */
  readonly actions: readonly LiveAction[];
};

export type LiveRow = {
  /** Of one table no two have the same, and it stays from one view to the next. */
  readonly id: string;
  /** What it is about, where somebody is asked before something is done about it. */
  readonly name: string;
  readonly cells: readonly (string | number)[];
};

/** A key, and what it does once the person has said yes. The client answers with `actionOn`. */
export type LiveAction = { readonly key: string; readonly label: string };

/** What a client answers when a key is pressed on a row. */
export function actionOn({ key }: LiveAction, { id }: LiveRow): string {
  return `${key} ${id}`;
}

/** The key and the row of an answer; null: it is none. */
export function actionIn(answer: string): { readonly key: string; readonly id: string } | null {
  const end = answer.indexOf(' ');
  return end < 0 ? null : { key: answer.slice(0, end), id: answer.slice(end + 1) };
}
