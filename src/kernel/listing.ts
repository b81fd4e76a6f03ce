/** An element of a set as nft(8) lists it. */
export type ListedElement = {
  readonly set: string;
  /** As nft writes it: an address without its prefix. */
  readonly address: string;
  /** Milliseconds until it ends; null: it does not end. */
  readonly left: number | null;
  /** Packets that it was matched with. */
  readonly packets: number;
};

/** The sets and chains of a table, by their names. */
export type Standing = { readonly sets: ReadonlySet<string>; readonly chains: ReadonlySet<string> };

const units: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** `59m48s388ms` in milliseconds. */
function duration(text: string): number {
  let sum = 0;
  for (const [, number, unit = ''] of text.matchAll(/(\d+)(ms|[dhms])/g))
    sum += Number(number) * (units[unit] ?? 0);
  return sum;
}

/**
 * Reads what `nft list` prints, in pieces as they come. Versions of nft differ in the order in which they print what
 * belongs to an element; all part elements with commas.
 */
export class ListingReader {
  readonly #element: (element: ListedElement) => void;
  readonly #sets = new Set<string>();
  readonly #chains = new Set<string>();
  #rules: string[] = [];
  #rest = '';
  #set = '';
  #isInElements = false;

  constructor(element: (element: ListedElement) => void) {
    this.#element = element;
  }

  get standing(): Standing {
    return { sets: this.#sets, chains: this.#chains };
  }

  /** All that was listed but for elements: the same text, if nobody has changed it. */
  get rules(): string {
    return this.#rules.join('\n');
  }

  read(text: string): void {
    const segments = (this.#rest + text).split(/[,\n]/);
    this.#rest = segments.pop() ?? '';
    for (const segment of segments) this.#take(segment.trim());
  }

  /** Nothing comes any more. */
  end(): void {
    this.#take(this.#rest.trim());
    this.#rest = '';
  }

  #take(segment: string): void {
    if (this.#isInElements) {
      this.#takeElement(segment);
      return;
    }
    const [, kind, name = ''] = /^(set|chain) (\S+) \{/.exec(segment) ?? [];
    if (kind === 'set') {
      this.#set = name;
      this.#sets.add(name);
    }
    if (kind === 'chain') this.#chains.add(name);
    const begins = /^elements = \{/.exec(segment);
    if (begins === null) {
      if (segment !== '') this.#rules.push(segment);
      return;
    }
    this.#isInElements = true;
    this.#takeElement(segment.slice(begins[0].length).trim());
  }

  #takeElement(segment: string): void {
    const isLast = segment.endsWith('}');
    const text = isLast ? segment.slice(0, -1).trim() : segment;
    if (isLast) this.#isInElements = false;
    const [address = ''] = text.split(' ', 1);
    if (address === '') return;
    const expires = / expires (\S+)/.exec(text)?.[1];
    this.#element({
      set: this.#set,
      address,
      left: expires === undefined ? null : duration(expires),
      packets: Number(/ packets (\d+)/.exec(text)?.[1] ?? 0),
    });
  }
}
