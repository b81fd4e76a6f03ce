import { join } from 'node:path';
import type { Event } from '../../events/events.ts';
import { reaches } from '../../events/level.ts';
import { printLine } from '../records/key-value-line.ts';
import type { NumberedRecord } from '../records/record.ts';
import { recordKind, recordKinds } from '../records/record-kind.ts';
import type { DiskSettings } from '../settings/disk.ts';
import { linesBackward, tails } from './read-back.ts';
import { removeOldest } from './rotated-files.ts';
import { type FileSettings, RotatingFile } from './rotating-file.ts';

/** The log files of a folder: one for each kind of record. */
export class Disk {
  readonly #files: ReadonlyMap<string, RotatingFile>;
  #settings: DiskSettings;

  constructor(folder: string, settings: DiskSettings, report: (event: Event) => void) {
    const pathOf = (kind: string): string => join(folder, `${kind}.log`);
    const kinds = [...recordKinds()];
    const givingWay = kinds.filter(([, { makesRoom }]) => makesRoom).map(([kind]) => pathOf(kind));
    const file = (kind: string): RotatingFile => {
      const others = recordKind(kind).makesRoom ? [] : givingWay;
      const makeRoom = (): string | undefined => {
        for (const path of others) {
          const removed = removeOldest(path);
          if (removed !== undefined) return removed;
        }
        return undefined;
      };
      return new RotatingFile(pathOf(kind), { ...fileSettings(settings), report, makeRoom });
    };
    this.#settings = settings;
    this.#files = new Map(kinds.map(([kind]) => [kind, file(kind)]));
  }

  configure(settings: DiskSettings): void {
    this.#settings = settings;
    for (const file of this.#files.values()) file.configure(fileSettings(settings));
  }

  write(record: NumberedRecord): void {
    const { enabled, severity } = this.#settings;
    if (enabled && reaches(record.level, severity))
      this.#fileOf(record.kind).append(printLine(record.fields));
  }

  /** The lines of a log, the last one first, with those that wait to be written. */
  linesBackward(kind: string, signal: AbortSignal): AsyncGenerator<string> {
    const file = this.#fileOf(kind);
    file.flush();
    return linesBackward(file.path, signal);
  }

  /** The greatest number of a record in any of the files; 0: there is none. */
  get lastMessageId(): number {
    return Math.max(...[...this.#files.values()].map(({ path }) => lastMessageId(path)));
  }

  flush(): void {
    for (const file of this.#files.values()) file.flush();
  }

  /** Closes the files; the next record opens what is there then. */
  reopen(): void {
    for (const file of this.#files.values()) file.reopen();
  }

  #fileOf(kind: string): RotatingFile {
    const file = this.#files.get(kind);
    if (file === undefined) throw new RangeError(`there is no ${kind} log`);
    return file;
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
