import type { PolicySnapshot } from '../policy/snapshot.ts';
import type { ViolationRecord } from '../verdict/records.ts';
import { printLine } from './line.ts';
import type { LogFile } from './log-file.ts';
import { numbered } from './record.ts';
import { violationRecord } from './violation-record.ts';

/** Longer than any one line. */
const tailSize = 64 * 1024;

export type AttackLine = { readonly record: ViolationRecord; readonly line: string };

/** Turns violation records into lines of a file, numbered on from the last one in it. */
export class AttackLog {
  readonly #file: LogFile;
  readonly #listeners = new Set<(line: AttackLine) => void>();
  #message: number;

  constructor(file: LogFile) {
    this.#file = file;
    this.#message = lastMessage(file.tail(tailSize));
  }

  write(record: ViolationRecord, policy: PolicySnapshot, deviceName: string): void {
    this.#message += 1;
    const { fields } = numbered(violationRecord(record, policy), { deviceName, message: this.#message });
    const line = printLine(fields);
    this.#file.append(line);
    for (const listener of this.#listeners) listener({ record, line });
  }

  /** Tells of each line as it is written, until the returned function is called. */
  follow(listener: (line: AttackLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function lastMessage(text: string): number {
  const last = [...text.matchAll(/^.*? msg_id=(\d+) /gm)].at(-1);
  return Number(last?.[1] ?? 0);
}
