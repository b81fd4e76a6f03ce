import { createRequire } from 'node:module';
import type { Draft } from '../../store/draft.ts';
import { quote } from '../../text/quote.ts';

const require = createRequire(import.meta.url);

const table = 'server-policy scripting';

/** What of the scripts that a draft sets does nothing here, a line each. To be asked before the draft is committed. */
export function scriptNotices(draft: Draft): string[] {
  return [...draft.changes]
    .filter((change) => change.table === table && !change.deleted && change.fields.has('script'))
    .flatMap(({ id }) => {
      const row = draft.row(id);
      const text = row?.fields.get('script');
      if (row === undefined || typeof text !== 'string') return [];
      return warningLines(text).map((line) => `script ${quote(row.key)}, ${line}`);
    });
}

/** What reads scripts is loaded with the first that is set. */
function warningLines(text: string): string[] {
  const warnings: typeof import('../../scripting/script/warnings.ts') = require('../../scripting/script/warnings.ts');
  return warnings.warningLines(text);
}
