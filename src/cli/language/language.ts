import { join } from 'node:path';
import type { Verb } from '../../../grammar/shapes.ts';
import { type Catalogue, loadCatalogue } from '../../../schemas/catalogue.ts';
import { folderOnDemand } from '../../modules/folder.ts';
import type { Pipe } from '../printing/pipe.ts';
import type { Operation } from './operation.ts';
import type { VerbEntry } from './verb.ts';

/**
 * Everything that can be said: tables, verbs and operations. Shared by all sessions. But for the tables it is loaded
 * when it is first asked for: a command says one verb, and most need neither operations nor pipes.
 */
export type Language = {
  readonly catalogue: Catalogue;
  verb(name: Verb): VerbEntry | undefined;
  verbs(): readonly VerbEntry[];
  operations(): readonly Operation[];
  pipes(): readonly Pipe[];
};

let loading: Promise<Language> | undefined;

/** Loads it once for a process. */
export function loadLanguage(): Promise<Language> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Language> {
  const verbs = folderOnDemand<VerbEntry>(join(import.meta.dirname, '..', 'verbs'));
  const operations = folderOnDemand<Operation>(join(import.meta.dirname, '..', 'operations'));
  const pipes = folderOnDemand<Pipe>(join(import.meta.dirname, '..', 'pipes'));
  return {
    catalogue: await loadCatalogue(),
    verb: verbs.get,
    verbs: () => [...verbs.all().values()],
    operations: () => [...operations.all().values()],
    pipes: () => [...pipes.all().values()],
  };
}
