import type { LogLine } from '../../src/system/log-access.ts';
import type { System } from '../../src/system/system.ts';

function nothing(): never {
  throw new Error('it is not asked for that');
}

/** A system of which only a log can be shown, and followed, by one follower after the other. */
export class FollowedLog {
  readonly #lines: LogLine[] = [];
  #listener: ((line: LogLine) => void) | undefined;

  /** Whether somebody follows. */
  get isFollowed(): boolean {
    return this.#listener !== undefined;
  }

  /** Writes a record. */
  record(line: LogLine): void {
    this.#lines.push(line);
    this.#listener?.(line);
  }

  get system(): System {
    return {
      records: {
        kinds: new Map([
          ['attack', ''],
          ['event', ''],
        ]),
        keys: new Map(),
        columns: () => [{ title: 'number', usualWidth: 8, text: ({ count }) => count ?? '' }],
        newest: (_, __, matches) => Promise.resolve(this.#lines.filter(({ fields }) => matches(fields))),
      },
      logs: {
        status: nothing,
        test: nothing,
        follow: (_, listener) => {
          this.#listener = listener;
          return () => {
            this.#listener = undefined;
          };
        },
      },
      floodTest: nothing,
      policies: nothing,
      sources: nothing,
      advice: nothing,
      blocks: nothing,
      someBlocked: nothing,
      liftBlock: nothing,
      orderBlock: nothing,
      listConnections: nothing,
      restartHot: nothing,
      status: nothing,
      measure: nothing,
      health: nothing,
      cluster: nothing,
      sharedSources: async () => [],
      sharedConfiguration: { difference: nothing, adopt: nothing, publish: nothing },
    };
  }
}
