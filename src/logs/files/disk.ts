import { join } from 'node:path';
import type { Event } from '../../events/events.ts';
import { reaches } from '../../events/level.ts';
import type { DiskSettings } from '../../policy/logging/disk.ts';
import { type LogKind, logKinds } from '../../system/log-access.ts';
import { printLine } from '../records/key-value-line.ts';
import type { NumberedRecord } from '../records/record.ts';
import { linesBackward, tails } from './read-back.ts';
import { removeOldest } from './rotated-files.ts';
import { type FileSettings, RotatingFile } from './rotating-file.ts';

/** The log files of a folder: one for each kind of record. */
export class Disk {
  readonly #files: Readonly<Record<LogKind, RotatingFile>>;
  #settings: DiskSettings;

  constructor(folder: string, settings: DiskSettings, report: (event: Event) => void) {
    const file = (kind: LogKind): RotatingFile => {
      const path = join(folder, `${kind}.log`);
      // What was let through makes room for what was not, never the other way round.
      const makeRoom = (): string | undefined =>
        kind === 'traffic' ? undefined : removeOldest(join(folder, 'traffic.log'));
      return new RotatingFile(path, { ...fileSettings(settings), report, makeRoom });
    };
    this.#settings = settings;
    this.#files = { attack: file('attack'), event: file('event'), traffic: file('traffic') };
  }

  configure(settings: DiskSettings): void {
    this.#settings = settings;
    for (const kind of logKinds) this.#files[kind].configure(fileSettings(settings));
  }

  write(record: NumberedRecord): void {
    const { enabled, severity } = this.#settings;
    if (enabled && reaches(record.level, severity)) this.#files[record.kind].append(printLine(record.fields));
  }

  /** The lines of a log, the last one first, with those that wait to be written. */
  linesBackward(kind: LogKind, signal: AbortSignal): AsyncGenerator<string> {
    this.#files[kind].flush();
    return linesBackward(this.#files[kind].path, signal);
  }

  /** The greatest number of a record in any of the files; 0: there is none. */
  get lastMessageId(): number {
    return Math.max(...logKinds.map((kind) => lastMessageId(this.#files[kind].path)));
  }

  flush(): void {
    for (const kind of logKinds) this.#files[kind].flush();
  }

  /** Closes the files; the next record opens what is there then. */
  reopen(): void {
    for (const kind of logKinds) this.#files[kind].reopen();
  }
}

function fileSettings({ fileSize, files, whenFull }: DiskSettings): FileSettings {
  return { size: fileSize, files, whenFull };
}

/** Longer than any one line. */
const tailSize = 64 * 1024;

/** Names can't hold a line of their own, so that no number is taken from one. */
function lastMessageId(path: string): number {
  try {
    for (const tail of tails(path, tailSize)) {
      const last = [...tail.matchAll(/^date=\S+ time=\S+ log_id=\S+ msg_id=(\d{1,15}) /gm)].at(-1);
      if (last !== undefined) return Number(last[1]);
    }
  } catch {
    // What can't be read can't be written either, and the first line reports that: no reason not to start.
  }
  return 0;
}
