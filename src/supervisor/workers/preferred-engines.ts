import type { EngineName } from '../../policy/enforcer-settings.ts';

/** What `auto` tries, the best first; the last one works everywhere. By itself, so that tests can have another (bin/test). */
export const preferredEngines: readonly EngineName[] = ['epoll', 'node'];
