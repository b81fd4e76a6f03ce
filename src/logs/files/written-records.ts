import type { LogColumn, LogLine, LogRecords } from '../../system/log-access.ts';
import { readLine } from '../records/key-value-line.ts';
import { recordKeys, recordKind, recordKinds } from '../records/record-kind.ts';
import { logFile } from './log-file.ts';
import { linesBackward } from './read-back.ts';

/** The records in the log files of a folder. */
export class WrittenRecords implements LogRecords {
  readonly keys = recordKeys();
  readonly kinds = new Map([...recordKinds.all()].map(([name, { help }]) => [name, help]));
  readonly #folder: string;
  readonly #flush: () => void;

  /** `flush` writes what waits for the files. */
  constructor(folder: string, flush: () => void = () => undefined) {
    this.#folder = folder;
    this.#flush = flush;
  }

  columns(kind: string): readonly LogColumn[] {
    return recordKind(kind).columns;
  }

  async newest(
    kind: string,
    count: number,
    matches: (fields: LogLine['fields']) => boolean,
    signal: AbortSignal,
  ): Promise<readonly LogLine[]> {
    this.#flush();
    const found: LogLine[] = [];
    for await (const line of linesBackward(logFile(this.#folder, kind), signal)) {
      if (found.length >= count) break;
      const fields = readLine(line);
      if (matches(fields)) found.push({ line, fields });
    }
    return found.reverse();
  }
}
