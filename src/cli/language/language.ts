import { join } from 'node:path';
import type { Verb } from '../../../grammar/shapes.ts';
import { type Catalogue, loadCatalogue } from '../../../schemas/catalogue.ts';
import { loadFolder } from '../../modules/folder.ts';
import type { Pipe } from '../printing/pipe.ts';
import type { Operation } from './operation.ts';
import type { VerbEntry } from './verb.ts';

/** Everything that can be said: tables, verbs and operations. Read once, shared by all sessions. */
export type Language = {
  readonly catalogue: Catalogue;
  readonly verbs: ReadonlyMap<Verb, VerbEntry>;
  readonly operations: readonly Operation[];
  readonly pipes: readonly Pipe[];
};

export async function loadLanguage(): Promise<Language> {
  const [catalogue, verbs, operations, pipes] = await Promise.all([
    loadCatalogue(),
    loadFolder<VerbEntry>(join(import.meta.dirname, '..', 'verbs')),
    loadFolder<Operation>(join(import.meta.dirname, '..', 'operations')),
    loadFolder<Pipe>(join(import.meta.dirname, '..', 'pipes')),
  ]);
  return {
    catalogue,
    verbs: new Map([...verbs.values()].map((entry) => [entry.verb, entry])),
    operations: [...operations.values()],
    pipes: [...pipes.values()],
  };
}
