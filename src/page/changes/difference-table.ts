import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { Outside } from '../parts/outside.ts';
import { Scroll } from '../parts/scroll.ts';
import { counted } from '../reckoning/format.ts';
import { changedEntries, type TableChange } from './difference.ts';

/** Entries that are shown at once. */
const most = 200;

const signs = { created: '+', changed: '±', deleted: '−' };

/** What differs: each entry with its fields, before and after. */
export function DifferenceTable({ changes }: { readonly changes: readonly TableChange[] }): VNode {
  const entries = changedEntries(changes);
  if (entries.length === 0)
    return html`<p class="faint">Nothing differs, in what your access profile shows.</p>`;
  return html`<${Scroll} name="What differs"><table class="inner difference">
      <thead><tr><th>Entry</th><th>Field</th><th>Before</th><th>After</th></tr></thead>
      ${entries.slice(0, most).map(
        ({ path, name, change, remark, fields }) => html`<tbody class=${change}>
          <tr><td colspan="4"><span class="sign" aria-label=${change}>${signs[change]}</span>
            ${path} <strong><${Outside} text=${name} /></strong>
            ${remark !== '' && html` <span class="faint"><${Outside} text=${remark} /></span>`}</td></tr>
          ${fields.map(
            ({ field, before, after }) => html`<tr><td></td><td>${field}</td>
              <td class="before"><${Outside} text=${before} /></td><td class="after"><${Outside} text=${after} /></td></tr>`,
          )}
        </tbody>`,
      )}
    </table><//>
    ${entries.length > most && html`<p class="faint">${counted(entries.length - most, 'more')}: the command line shows them all.</p>`}`;
}
