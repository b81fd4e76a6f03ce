import { type CommitFault, check } from '../../model/changes/commit.ts';
import { ofOneRevision } from '../../model/changes/of-one-revision.ts';
import { Emptied, towards } from '../../model/changes/replace.ts';
import type { Model } from '../../model/model.ts';
import type { Draft } from '../../store/draft.ts';
import type { View } from '../../store/view.ts';
import type { SessionServices } from '../session/services.ts';
import type { BatchOptions } from '../session/session.ts';

/** What the first statement of a batch finds: what is committed, or, where its texts are all there is to be, next to nothing. */
export function viewBelow({ language, configuration }: SessionServices, { replace }: BatchOptions): View {
  return replace ? new Emptied(language.catalogue, configuration.view) : configuration.view;
}

/** What makes the whole configuration that of a transaction over an empty one, or what stands against this. */
export async function replacement(
  model: Model,
  transaction: Draft,
): Promise<{ readonly draft: Draft } | { readonly faults: readonly CommitFault[] }> {
  const faults = check(model, transaction);
  if (faults.length > 0) return { faults };
  const { catalogue, configuration } = model;
  const begin = (): ReturnType<typeof towards> => towards(catalogue, configuration.view, transaction);
  return { draft: await ofOneRevision(configuration, begin) };
}
