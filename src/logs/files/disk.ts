import type { Event } from '../../events/events.ts';
import { reaches } from '../../events/level.ts';
import { printLine } from '../records/key-value-line.ts';
import type { NumberedRecord } from '../records/record.ts';
import { recordKind, recordKinds } from '../records/record-kind.ts';
import type { DiskSettings } from '../settings/disk.ts';
import { logFile } from './log-file.ts';
import { tails } from './read-back.ts';
import { type FileSettings, RotatingFile } from './rotating-file.ts';

/** The log files of a folder: one for each kind of record. */
export class Disk {
  readonly #files: ReadonlyMap<string, RotatingFile>;
  #settings: DiskSettings;

  constructor(folder: string, settings: DiskSettings, report: (event: Event) => void) {
    this.#settings = settings;
    this.#files = new Map(
      [...recordKinds.all()].map(([kind, { makesRoom }]) => {
        const makeRoom = (): string | undefined => (makesRoom ? undefined : this.#makeRoom());
        const options = { ...fileSettings(settings), report, makeRoom };
        return [kind, new RotatingFile(logFile(folder, kind), options)];
      }),
    );
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

  /** The greatest number of a record in any of the files; 0: there is none. */
  get lastMessageId(): number {
    return Math.max(...[...this.#files.values()].map(({ path }) => lastMessageId(path)));
  }

  flush(): void {
    for (const file of this.#files.values()) file.flush();
  }

  /** Reports what could not be written, and can't be any more. */
  tellLost(): void {
    for (const file of this.#files.values()) file.tellLost();
  }

  /** Closes the files; the next record opens what is there then. */
  reopen(): void {
    for (const file of this.#files.values()) file.reopen();
  }

  /** Removes the oldest file of those kinds that give way. Its path; undefined: there is none. */
  #makeRoom(): string | undefined {
    for (const [kind, file] of this.#files) {
      const removed = recordKind(kind).makesRoom ? file.giveWay() : undefined;
      if (removed !== undefined) return removed;
    }
    return undefined;
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
