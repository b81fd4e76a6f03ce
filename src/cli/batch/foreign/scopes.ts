import { statementSteps } from '../../../../grammar/parse.ts';
import type { Item, StatementOf } from '../../../../grammar/statement.ts';
import type { Catalogue } from '../../../../schemas/catalogue.ts';
import { TimeSlice } from '../../../time/time-slice.ts';
import type { Fault } from '../../faults/problem.ts';
import { resolvePath } from '../../words/resolve.ts';
import { BackupFrame } from '../backup-frame.ts';
import { missingEnd } from '../recovery.ts';

/** What an item at the root is: of the configuration, or only around it, or of a VDOM that is not taken, or of one of several. */
export type Standing = 'inside' | 'wraps' | 'frame' | 'left-out' | 'undecided' | { readonly fault: Fault };

const mayHaveDomains = /^[ \t]*(?:config[ \t]+(?:vdom|adom)\b|domain=)/im;

/** `config global` and `config vdom` with `edit NAME` (or `config adom`): they only wrap what is within. */
class Wrappers {
  #place: 'root' | 'global' | 'domains' | 'domain' = 'root';
  /** The VDOM in which the text stands. */
  domain: string | undefined;
  /** The wrapper that was opened last stands within another, which has no `end`. */
  isUnclosed = false;

  get isOpen(): boolean {
    return this.#place !== 'root';
  }

  /** Takes an item that stands in no table: whether it is a wrapper. */
  takes(item: Item): boolean {
    if (item.kind !== 'statement') return false;
    if (item.verb === 'config') return this.#opens(item);
    if (item.verb === 'edit' && this.#place === 'domains') {
      this.#place = 'domain';
      this.domain = item.key.text;
      return true;
    }
    if (item.verb === 'next' && this.#place === 'domain') {
      this.#place = 'domains';
      this.domain = undefined;
      return true;
    }
    return item.verb === 'end' && this.isOpen && this.close();
  }

  close(): true {
    this.#place = 'root';
    this.domain = undefined;
    return true;
  }

  #opens({ path: [first, ...more] }: StatementOf<'config'>): boolean {
    const name = more.length > 0 ? undefined : first?.text.toLowerCase();
    if (name !== 'global' && name !== 'vdom' && name !== 'adom') return false;
    this.isUnclosed = this.isOpen;
    this.close();
    this.#place = name === 'global' ? 'global' : 'domains';
    return true;
  }
}

/** The scopes of the texts of a batch, and the one VDOM of them that is taken. */
export class Scopes {
  readonly #catalogue: Catalogue;
  readonly #wanted: string | null;
  readonly #isFramed: boolean;
  /** The VDOMs of all texts so far, and whether they have tables of ours. */
  readonly #domains = new Map<string, boolean>();
  #wrappers = new Wrappers();
  #frame: BackupFrame;
  /** How many blocks of a VDOM that is not taken are open. */
  #depth = 0;
  #isChoiceTold = false;

  /** `wanted`: the VDOM to take; null: the only one. `isFramed`: a text may be the backup of a device as it is. */
  constructor(catalogue: Catalogue, wanted: string | null, isFramed: boolean) {
    this.#catalogue = catalogue;
    this.#wanted = wanted;
    this.#isFramed = isFramed;
    this.#frame = new BackupFrame(isFramed);
  }

  /** The wrapper or VDOM in which the text stands. */
  get isOpen(): boolean {
    return this.#wrappers.isOpen;
  }

  get domain(): string | undefined {
    return this.#wrappers.domain ?? this.#frame.domain;
  }

  get section(): string {
    return this.#frame.section;
  }

  /** Looks which VDOMs a text has: before the first of them is taken it must be known whether it is the only one. */
  async survey(text: string): Promise<void> {
    this.#wrappers = new Wrappers();
    this.#frame = new BackupFrame(this.#isFramed);
    if (!mayHaveDomains.test(text)) return;
    const wrappers = new Wrappers();
    const frame = new BackupFrame(this.#isFramed);
    let depth = 0;
    const slice = new TimeSlice();
    for (const item of statementSteps(text)) {
      if (item === undefined) {
        if (slice.isOver) await slice.renew();
        continue;
      }
      if (depth > 0 || !(wrappers.takes(item) || frame.takes(item, text))) {
        if (depth === 0 && item.verb === 'config') this.#note(wrappers.domain ?? frame.domain, item);
        depth = Math.max(0, depth + opening(item));
      } else this.#note(wrappers.domain ?? frame.domain);
      if (slice.isOver) await slice.renew();
    }
  }

  /** Takes an item that stands in no table. */
  take(item: Item, text: string): Standing {
    if (this.#depth === 0) {
      if (this.#frame.takes(item, text)) return 'frame';
      if (this.#wrappers.takes(item)) return this.#unclosedBefore(item) ?? 'wraps';
    }
    const { domain } = this;
    if (domain === undefined || this.#isTaken(domain)) return 'inside';
    this.#depth = Math.max(0, this.#depth + opening(item));
    if (this.#wanted !== null || this.#known.length < 2) return 'left-out';
    if (this.#isChoiceTold) return 'undecided';
    this.#isChoiceTold = true;
    return { fault: { error: 'ambiguous-word', word: domain, span: item.span, expected: this.#choice } };
  }

  /** Leaves what is open at the end of a text. */
  close(): void {
    this.#wrappers.close();
    this.#depth = 0;
  }

  /** That the VDOM that was asked for is in no text. */
  get missing(): Fault | undefined {
    if (this.#wanted === null || this.#domains.has(this.#wanted)) return undefined;
    const names = [...this.#domains.keys()].join(', ');
    const expected = names === '' ? 'no --vdom: these texts have no VDOMs' : `--vdom with one of ${names}`;
    return { error: 'not-found', word: this.#wanted, expected };
  }

  get #known(): string[] {
    return [...this.#domains].filter(([, isKnown]) => isKnown).map(([name]) => name);
  }

  get #choice(): string {
    return `--vdom NAME with one of ${this.#known.join(', ')}: each has tables of Levee`;
  }

  #unclosedBefore(item: Item): Standing | undefined {
    const isUnclosed = item.kind === 'statement' && item.verb === 'config' && this.#wrappers.isUnclosed;
    return isUnclosed ? { fault: missingEnd(item) } : undefined;
  }

  #isTaken(domain: string): boolean {
    if (this.#wanted !== null) return domain === this.#wanted;
    const known = this.#known;
    return known.length === 0 || (known.length === 1 && known[0] === domain);
  }

  #note(domain: string | undefined, item?: Item): void {
    if (domain === undefined) return;
    const isKnown =
      item?.kind === 'statement' &&
      item.verb === 'config' &&
      !('fault' in resolvePath(this.#catalogue, item.path));
    this.#domains.set(domain, this.#domains.get(domain) === true || isKnown);
  }
}

/** How many blocks more are open after an item. */
function opening({ verb }: Item): number {
  return verb === 'config' ? 1 : verb === 'end' ? -1 : 0;
}
