import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { actionOf } from '../actions/action.ts';
import { ActionButton } from '../actions/action-button.ts';
import { monitor } from '../asking/ask.ts';
import { usePolled } from '../asking/polled.ts';
import type { TableChange } from '../changes/difference.ts';
import { DifferenceTable } from '../changes/difference-table.ts';
import { usePage } from '../page-context.ts';
import { Outside } from '../parts/outside.ts';
import { Panel } from '../parts/panel.ts';
import { Scroll } from '../parts/scroll.ts';
import { clock, count, counted } from '../reckoning/format.ts';
import type { View } from '../view.ts';

/** As `execute revision list` has it. */
type Revision = {
  readonly revision: number;
  readonly user: string;
  readonly from: string;
  /** ISO 8601. */
  readonly time: string;
  readonly comment: string;
  /** Null: it is forgotten. */
  readonly changed: readonly { readonly path: string; readonly entries: number }[] | null;
};

/** Milliseconds between two looks: a comment may be given without a revision. */
const seldom = 30_000;

/** Revisions that are asked for at once. */
const step = 50;

function Changes(): VNode {
  const { live, session } = usePage();
  const newest = live.session?.revision ?? session.revision;
  const [shown, setShown] = useState(step);
  const [opened, setOpened] = useState<number | null>(null);
  const { value: revisions, again } = usePolled(
    `${newest} ${shown}`,
    () => monitor<readonly Revision[]>('revision/list', String(shown)),
    seldom,
  );
  if (revisions === null) return html`<p class="faint">One moment …</p>`;
  if (revisions.length === 0) return html`<p class="empty">Nothing has been committed yet.</p>`;
  return html`<${Panel} title="Revisions of the configuration">
    <${Scroll} name="Revisions"><table>
      <thead><tr><th class="number">Revision</th><th>When</th><th>Who</th><th class="minor">From</th><th>Changed</th><th class="minor">Comment</th></tr></thead>
      <tbody>${revisions.map(
        (revision) =>
          html`<${Entry} key=${revision.revision} revision=${revision} newest=${newest} isOpen=${opened === revision.revision}
            toggle=${() => setOpened(opened === revision.revision ? null : revision.revision)} done=${again} />`,
      )}</tbody>
    </table><//>
    ${revisions.length >= shown && html`<p class="more"><button type="button" class="small" onClick=${() => setShown(shown + step)}>Older ones</button></p>`}
  <//>`;
}

type EntryProps = {
  readonly revision: Revision;
  readonly newest: number | null;
  readonly isOpen: boolean;
  readonly toggle: () => void;
  readonly done: () => void;
};

function Entry({ revision, newest, isOpen, toggle, done }: EntryProps): VNode {
  const { revision: number, user, from, time, comment, changed } = revision;
  return html`<tr>
      <td class="number"><button type="button" class="fold" aria-expanded=${isOpen} onClick=${toggle}>${number}</button></td>
      <td class="nowrap"><time datetime=${time}>${clock(Date.parse(time), Date.now())}</time></td>
      <td><${Outside} text=${user} /></td><td class="minor nowrap"><${Outside} text=${from} /></td>
      <td>${changedText(changed)}</td><td class="minor"><${Outside} text=${comment} /></td>
    </tr>
    ${
      isOpen &&
      html`<tr class="unfolded"><td colspan="6"><${Detail} revision=${revision} isNewest=${number === newest} done=${done} /></td></tr>`
    }`;
}

function changedText(changed: Revision['changed']): string {
  if (changed === null) return 'forgotten';
  const named = changed.slice(0, 3).map(({ path, entries }) => `${path} (${count(entries)})`);
  return [...named, ...(changed.length > 3 ? [counted(changed.length - 3, 'more table')] : [])].join(', ');
}

type DetailProps = {
  readonly revision: Revision;
  readonly isNewest: boolean;
  readonly done: () => void;
};

function Detail({ revision: { revision: number, changed }, isNewest, done }: DetailProps): VNode {
  const { live } = usePage();
  const [against, setAgainst] = useState<'before' | 'now'>('before');
  const isForgotten = changed === null && against === 'before';
  // What it changed stays what it is; what changed since does not.
  const { value: changes } = usePolled(
    isForgotten ? null : `${number} ${against} ${against === 'now' ? live.session?.revision : ''}`,
    async () =>
      against === 'now'
        ? await monitor<readonly TableChange[]>('revision/diff', String(number))
        : (await monitor<{ readonly changes: readonly TableChange[] }>('revision/show', String(number)))
            .changes,
  );
  const rollback = (): ReturnType<typeof actionOf> =>
    actionOf(`Go back to revision ${number}`, [`execute revision rollback ${number}`], {
      text: 'What was changed since is undone, as a new revision. Passwords stay what they are.',
    });
  return html`<div class="tools">
      <div class="switch" role="group" aria-label="What is shown">
        <button type="button" class="small" aria-pressed=${against === 'before'} onClick=${() => setAgainst('before')}>what it changed</button>
        ${!isNewest && html`<button type="button" class="small" aria-pressed=${against === 'now'} onClick=${() => setAgainst('now')}>what changed since</button>`}
      </div>
      ${!isNewest && html`<${ActionButton} needs=${{ area: 'mntgrp', access: 'w' }} action=${rollback} done=${done}>Go back to ${number} …<//>`}
    </div>
    ${
      isForgotten
        ? html`<p class="faint">What it changed is forgotten: only the newest revisions are kept (revision-limit of system global).</p>`
        : changes === null
          ? html`<p class="faint">One moment …</p>`
          : html`<${DifferenceTable} key=${against} changes=${changes} />`
    }`;
}

export default {
  title: 'Changes',
  path: 'changes',
  position: 7,
  topics: [],
  requires: { area: 'mntgrp', access: 'r' },
  Body: Changes,
} satisfies View;
