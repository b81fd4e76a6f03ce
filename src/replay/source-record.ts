import type { Fate, SourceResult } from './result.ts';

/** What is noted of a source while it is replayed. */
export class SourceRecord {
  readonly name: string;
  connections = 0;
  reported = 0;
  refused = 0;
  wouldRefuse = 0;
  blocks = 0;
  closed = 0;
  firstReported: number | null = null;
  firstRefused: number | null = null;
  firstBlocked: number | null = null;

  constructor(name: string) {
    this.name = name;
  }

  get fate(): Fate {
    if (this.firstBlocked !== null) return 'blocked';
    if (this.firstRefused !== null) return 'refused';
    return this.firstReported !== null ? 'reported' : 'admitted';
  }

  /** When it came to be anything but admitted. */
  get first(): number {
    const [reported, refused] = [this.firstReported, this.firstRefused];
    return Math.min(reported ?? Number.POSITIVE_INFINITY, refused ?? Number.POSITIVE_INFINITY);
  }

  get result(): SourceResult {
    const { connections, reported, refused, wouldRefuse, blocks, closed } = this;
    const { firstReported, firstRefused, firstBlocked } = this;
    return {
      source: this.name,
      fate: this.fate,
      connections,
      reported,
      refused,
      wouldRefuse,
      blocks,
      closed,
      firstReported,
      firstRefused,
      firstBlocked,
    };
  }
}
