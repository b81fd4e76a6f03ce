import { read16, read32 } from '../net/big-endian.ts';

/** A message of DNS: RFC 1035, 4. */
export type DnsMessage = {
  readonly id: number;
  /** Flags and codes by their names in the RFC, as numbers. */
  readonly header: Readonly<Record<'qr' | 'opcode' | 'aa' | 'tc' | 'rd' | 'ra' | 'rcode', number>>;
  readonly counts: readonly [questions: number, answers: number, authorities: number, additional: number];
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
};

export type DnsQuestion = { readonly name: string; readonly type: string; readonly class: string };

export type DnsRecord = DnsQuestion & {
  readonly ttl: number;
  readonly data: Uint8Array;
  /** Of a record whose data are a name. */
  readonly target: string | undefined;
};

const types: Readonly<Record<number, string>> = {
  ...{ 1: 'A', 2: 'NS', 5: 'CNAME', 6: 'SOA', 12: 'PTR', 15: 'MX', 16: 'TXT', 28: 'AAAA', 33: 'SRV' },
  ...{ 41: 'OPT', 43: 'DS', 46: 'RRSIG', 47: 'NSEC', 48: 'DNSKEY', 64: 'SVCB', 65: 'HTTPS', 255: 'ANY' },
};
const classes: Readonly<Record<number, string>> = { 1: 'IN', 3: 'CH', 4: 'HS', 255: 'ANY' };
const nameTypes: ReadonlySet<string> = new Set(['NS', 'CNAME', 'PTR']);

const HEADER = 12;
const POINTER = 0xc0;
const longestName = 255;
const mostRecords = 4096;
/** As many as a name may have labels. */
const mostHops = 128;

/** Reads a message from its first byte to its last. */
class DnsReader {
  readonly #bytes: Uint8Array;
  at = HEADER;
  /** Something was cut short, or points to nowhere. */
  isBroken = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  question(): DnsQuestion {
    const name = this.#name();
    const [type, kind] = [this.#number(2), this.#number(2)];
    return { name, type: types[type] ?? String(type), class: classes[kind] ?? String(kind) };
  }

  record(): DnsRecord {
    const question = this.question();
    const ttl = this.#number(4);
    const length = this.#number(2);
    const begin = this.at;
    if (begin + length > this.#bytes.length) this.isBroken = true;
    const isName = nameTypes.has(question.type) && !this.isBroken;
    const target = isName ? this.#name() : undefined;
    this.at = begin + length;
    return { ...question, ttl, data: this.#bytes.subarray(begin, this.at), target };
  }

  list<T>(count: number, read: () => T): T[] {
    const found: T[] = [];
    for (let index = 0; index < Math.min(count, mostRecords) && !this.isBroken; index++) {
      const item = read();
      if (!this.isBroken) found.push(item);
    }
    return found;
  }

  #number(size: 2 | 4): number {
    if (this.at + size > this.#bytes.length) {
      this.isBroken = true;
      return 0;
    }
    const value = size === 2 ? read16(this.#bytes, this.at) : read32(this.#bytes, this.at);
    this.at += size;
    return value;
  }

  /** A name with its pointers followed: each leads to what is before it, so that they end. */
  #name(): string {
    const labels: string[] = [];
    let length = 0;
    let at = this.at;
    let end: number | undefined;
    let hops = 0;
    for (let limit = at; ; ) {
      const size = this.#bytes[at];
      if (size === undefined || length > longestName) {
        this.isBroken = true;
        return '';
      }
      if ((size & POINTER) === POINTER) {
        const to = ((size & 0x3f) << 8) | (this.#bytes[at + 1] ?? 0);
        end ??= at + 2;
        if (to >= limit || ++hops > mostHops) {
          this.isBroken = true;
          return '';
        }
        limit = to;
        at = to;
        continue;
      }
      if (size === 0) break;
      labels.push(Buffer.from(this.#bytes.subarray(at + 1, at + 1 + size)).toString('latin1'));
      length += size + 1;
      at += size + 1;
    }
    this.at = end ?? at + 1;
    return labels.join('.');
  }
}

/** The message in the payload of a packet; undefined: it is none, or cut short. */
export function readDns(bytes: Uint8Array): DnsMessage | undefined {
  if (bytes.length < HEADER) return undefined;
  const flags = read16(bytes, 2);
  const bit = (shift: number): number => (flags >>> shift) & 1;
  const counts = [read16(bytes, 4), read16(bytes, 6), read16(bytes, 8), read16(bytes, 10)] as const;
  const reader = new DnsReader(bytes);
  const questions = reader.list(counts[0], () => reader.question());
  const [answers, authorities, additional] = [counts[1], counts[2], counts[3]].map((count) =>
    reader.list(count, () => reader.record()),
  );
  if (reader.isBroken) return undefined;
  return {
    id: read16(bytes, 0),
    header: {
      ...{ qr: bit(15), opcode: (flags >>> 11) & 15, aa: bit(10), tc: bit(9), rd: bit(8), ra: bit(7) },
      rcode: flags & 15,
    },
    ...{
      counts,
      questions,
      answers: answers ?? [],
      authorities: authorities ?? [],
      additional: additional ?? [],
    },
  };
}
