import { join } from 'node:path';
import type { Verb } from '../../../grammar/shapes.ts';
import { type Catalogue, loadCatalogue } from '../../../schemas/catalogue.ts';
import { folderOnDemand, loadFolder } from '../../modules/folder.ts';
import type { Pipe } from '../printing/pipe.ts';
import type { Operation } from './operation.ts';
import type { VerbEntry } from './verb.ts';

/** Everything that can be said: tables, verbs and operations. Shared by all sessions. */
export type Language = {
  readonly catalogue: Catalogue;
  readonly verbs: ReadonlyMap<Verb, VerbEntry>;
  /** Loaded when they are first asked for, as pipes are: most commands need neither. */
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
  const [catalogue, verbs] = await Promise.all([
    loadCatalogue(),
    loadFolder<VerbEntry>(join(import.meta.dirname, '..', 'verbs')),
  ]);
  const operations = folderOnDemand<Operation>(join(import.meta.dirname, '..', 'operations'));
  const pipes = folderOnDemand<Pipe>(join(import.meta.dirname, '..', 'pipes'));
  return {
    catalogue,
    verbs: new Map([...verbs.values()].map((entry) => [entry.verb, entry])),
    operations: () => [...operations().values()],
    pipes: () => [...pipes().values()],
  };
}
