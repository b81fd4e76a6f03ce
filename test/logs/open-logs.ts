import type { TestContext } from 'node:test';
import { Logs, type LogsOptions } from '../../src/logs/logs.ts';
import type { LoggingSettings } from '../../src/logs/settings/settings.ts';
import { temporaryFolder } from '../running/folder.ts';
import { settings } from './settings.ts';

/** Logs in a folder of their own, closed after the test. */
export function openLogs(
  context: TestContext,
  changed: Partial<LoggingSettings> = {},
  options: Partial<LogsOptions> = {},
): { readonly logs: Logs; readonly folder: string } {
  const folder = options.folder ?? temporaryFolder(context);
  const logs = new Logs({
    folder,
    settings: { ...settings, ...changed },
    reveal: ({ text }) => `opened ${text}`,
    pauses: { first: 5, longest: 20 },
    lastPatience: 200,
    ...options,
  });
  context.after(() => logs.close());
  return { logs, folder };
}
