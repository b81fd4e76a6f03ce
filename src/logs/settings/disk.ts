import { type Level, levels } from '../../events/level.ts';
import { oneOf } from '../../policy/one-of.ts';
import type { Reading } from '../../policy/reading.ts';

export type DiskSettings = {
  readonly enabled: boolean;
  readonly severity: Level;
  readonly whenFull: 'overwrite' | 'nolog';
  /** Bytes. */
  readonly fileSize: number;
  /** Rotated files of each log that are kept. */
  readonly files: number;
};

const whenFull: readonly DiskSettings['whenFull'][] = ['overwrite', 'nolog'];

export function diskSettings(reading: Reading): DiskSettings {
  const row = reading.singleton('log disk');
  return {
    enabled: reading.isEnabled(row, 'status'),
    severity: oneOf(levels, reading.text(row, 'severity')),
    whenFull: oneOf(whenFull, reading.text(row, 'diskfull')),
    fileSize: reading.number(row, 'max-log-file-size') * 1024 * 1024,
    files: reading.number(row, 'max-log-files'),
  };
}
