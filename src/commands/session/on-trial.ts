import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MissingState } from '../../daemon/state/missing-state.ts';
import { openStateDirectory, type StateDirectory } from '../../daemon/state/state-directory.ts';
import type { Entry } from '../command-line/command.ts';

/** Runs what only says what would be. Where there is no Levee yet, it is said of a new one, which is gone afterwards. */
export async function onTrial(
  { openToRead, caller }: Entry,
  use: (open: Entry['open']) => Promise<number>,
): Promise<number> {
  let state: StateDirectory;
  try {
    state = openToRead();
  } catch (error) {
    if (!(error instanceof MissingState)) throw error;
    caller.report(`levee: there is no Levee in ${error.folder}: this is what a new one would say`);
    return onNew(use);
  }
  return use(() => state);
}

async function onNew(use: (open: Entry['open']) => Promise<number>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'levee-trial-'));
  try {
    return await use(() => openStateDirectory(folder, {}));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
