import { isDeepStrictEqual } from 'node:util';
import type { EnforcerSettings } from '../../policy/enforcer-settings.ts';

/**
 * What is to be said of settings that take the place of `before`: those that the running enforcer can't take over are said
 * to wait, never ignored. `running`: what it was started with, if there is one.
 */
export function restartNotices(
  running: EnforcerSettings | undefined,
  before: EnforcerSettings,
  wanted: EnforcerSettings,
): readonly string[] {
  if (running === undefined || isSame(wanted, running) || isSame(wanted, before)) return [];
  return ['"system enforcer": the running enforcer takes it over when it starts again'];
}

function isSame(one: EnforcerSettings, other: EnforcerSettings): boolean {
  return isDeepStrictEqual(one, other);
}
