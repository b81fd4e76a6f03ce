/**
 * Addresses as four 32-bit words in network order; IPv4 is ::ffff:a.b.c.d, so a mapped address is an IPv4
 * one.
 */
export const ADDRESS_WORDS = 4;
/** The third word of an IPv4 address; the two before it are 0. */
export const MAPPED = 0xffff;
/** Prefix lengths of IPv4 count from here when the address is four words. */
export const MAPPED_BITS = 96;

const DOT = 46;
const COLON = 58;
const ZERO = 48;
const NINE = 57;

/** Sixteen-bit groups of the address being parsed: one scratch for all, since parsing runs per connection. */
const groups = new Uint16Array(8);

function hexValue(code: number): number {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/**
 * Dotted IPv4 from `start` to `end`: the 32 bits, or -1. Leading zeros are refused, as some read them as
 * octal.
 */
function parseDotted(text: string, start: number, end: number): number {
  let bits = 0;
  let parts = 0;
  let digits = 0;
  let part = 0;
  for (let at = start; at <= end; at++) {
    const code = at < end ? text.charCodeAt(at) : DOT;
    if (code === DOT) {
      if (digits === 0 || parts === 4) return -1;
      bits = bits * 256 + part;
      parts++;
      part = 0;
      digits = 0;
    } else if (code >= ZERO && code <= NINE) {
      if (digits > 0 && part === 0) return -1;
      part = part * 10 + code - ZERO;
      digits++;
      if (part > 255) return -1;
    } else return -1;
  }
  return parts === 4 ? bits : -1;
}

/** Where the address ends and its zone (`%eth0`) begins; -1 when the zone is empty. */
function endOfAddress(text: string): number {
  const zone = text.indexOf('%');
  if (zone < 0) return text.length;
  return zone + 1 < text.length ? zone : -1;
}

/** Fills `groups`; returns whether it is an IPv6 address. */
function parseGroups(text: string): boolean {
  const end = endOfAddress(text);
  let at = 0;
  let filled = 0;
  let gap = -1;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return false;
    gap = 0;
    at = 2;
  }
  while (at < end) {
    if (filled === 8) return false;
    const start = at;
    let group = 0;
    let code = text.charCodeAt(at);
    for (let value = hexValue(code); at < end && value >= 0; value = hexValue(code)) {
      group = group * 16 + value;
      at++;
      code = text.charCodeAt(at);
    }
    if (at < end && code === DOT) {
      const bits = parseDotted(text, start, end);
      if (bits < 0 || filled > 6) return false;
      groups[filled++] = Math.floor(bits / 65_536);
      groups[filled++] = bits % 65_536;
      at = end;
      break;
    }
    if (at === start || at - start > 4) return false;
    groups[filled++] = group;
    if (at === end) break;
    if (code !== COLON) return false;
    at++;
    if (at < end && text.charCodeAt(at) === COLON) {
      if (gap >= 0) return false;
      gap = filled;
      at++;
    } else if (at === end) return false;
  }
  if (end < 0 || (gap < 0 ? filled !== 8 : filled > 7)) return false;
  if (gap >= 0) {
    const tail = filled - gap;
    groups.copyWithin(8 - tail, gap, filled);
    groups.fill(0, gap, 8 - tail);
  }
  return true;
}

/**
 * Reads an IPv4 or IPv6 address as the operating system prints it; a zone is accepted and left out.
 *
 * @returns false, and `into` untouched, when the text is no address
 */
export function parseAddress(text: string, into: Uint32Array): boolean {
  if (text.indexOf(':') < 0) {
    const bits = parseDotted(text, 0, text.length);
    if (bits < 0) return false;
    into[0] = 0;
    into[1] = 0;
    into[2] = MAPPED;
    into[3] = bits;
    return true;
  }
  if (!parseGroups(text)) return false;
  for (let word = 0; word < ADDRESS_WORDS; word++) {
    into[word] = (groups[word * 2] ?? 0) * 65_536 + (groups[word * 2 + 1] ?? 0);
  }
  return true;
}

/** Likewise, into words of its own; null when the text is no address. */
export function addressOf(text: string): Uint32Array | null {
  const address = new Uint32Array(ADDRESS_WORDS);
  return parseAddress(text, address) ? address : null;
}

/** The four words of an IPv4 address. */
export function mappedAddress(word: number): Uint32Array {
  return Uint32Array.of(0, 0, MAPPED, word);
}

/** Of the four words from `at`. */
export function isIPv4(address: Uint32Array | Int32Array, at = 0): boolean {
  return address[at] === 0 && address[at + 1] === 0 && address[at + 2] === MAPPED;
}

/** The leading `bits` of a word, as a signed word; below 0 and above 32 count as 0 and 32. */
export function maskWord(word: number, bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? word | 0 : word & (-1 << (32 - bits));
}

/** The longest run of two or more zero groups, the first of equals: what `::` stands for (RFC 5952, 4.2). */
function longestZeroRun(parts: readonly number[]): { start: number; length: number } {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < parts.length; start++) {
    let length = 0;
    while (parts[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}

const mappedPrefix = /^::ffff:/i;

/** The text of an address as plain IPv4 where it is a mapped one, dotted or not; any other text as it is. */
export function withoutMappedPrefix(text: string): string {
  if (!mappedPrefix.test(text)) return text;
  const address = addressOf(text);
  return address !== null && isIPv4(address) ? formatAddress(address) : text;
}

/** Canonical text (RFC 5952); a mapped address as plain IPv4. */
export function formatAddress(address: Uint32Array): string {
  if (isIPv4(address)) {
    const bits = address[3] ?? 0;
    return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
  }
  const parts = Array.from(address.subarray(0, ADDRESS_WORDS)).flatMap((word) => [
    word >>> 16,
    word & MAPPED,
  ]);
  const { start, length } = longestZeroRun(parts);
  const hex = parts.map((part) => part.toString(16));
  if (start < 0) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** Whoever has one IPv6 address has 64 bits of them: the text of those, or of an IPv4 address as it is. */
export function sourceOf(text: string): string {
  const address = addressOf(text);
  if (address === null || isIPv4(address)) return text;
  return `${formatAddress(address.fill(0, 2))}/64`;
}
