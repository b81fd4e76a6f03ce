import type { LiveView } from '../session/live-view.ts';
import { columns } from './columns.ts';

/** A view as text, for where nothing can be painted. */
export function* liveLines({ head, tables }: LiveView): Generator<string> {
  yield* head;
  for (const { name, columns: titles, rows } of tables) {
    yield '';
    yield rows.length === 0 ? `${name}: none` : `${name}:`;
    yield* columns(
      rows,
      titles.map((title, index) => ({ title, text: ({ cells }) => cells[index] ?? '' })),
    );
  }
}
