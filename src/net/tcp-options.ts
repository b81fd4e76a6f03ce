import { read16, read32 } from './big-endian.ts';

/** The kinds of TCP options (RFC 9293, 3.1): https://www.iana.org/assignments/tcp-parameters. */
export const OptionKind = {
  end: 0,
  nothing: 1,
  segmentSize: 2,
  windowScale: 3,
  selectivePermitted: 4,
  selective: 5,
  timestamps: 8,
} as const;

/** RFC 7323, 2.3: a larger shift counts as this. */
const mostShift = 14;

export type TcpOption =
  | { readonly kind: 'maximum segment size'; readonly value: number }
  | { readonly kind: 'window scale'; readonly shift: number }
  | { readonly kind: 'SACK permitted' }
  /** Edges of the blocks, as sequence numbers. */
  | { readonly kind: 'SACK'; readonly blocks: readonly { readonly left: number; readonly right: number }[] }
  | { readonly kind: 'timestamps'; readonly value: number; readonly echo: number }
  | { readonly kind: 'other'; readonly number: number; readonly bytes: Uint8Array };

/** How many bytes an option takes up that begins here; 0 when it lies about that. */
function optionSize(options: Uint8Array, at: number): number {
  const kind = options[at] ?? OptionKind.end;
  if (kind === OptionKind.end || kind === OptionKind.nothing) return 1;
  const size = options[at + 1] ?? 0;
  return size < 2 || at + size > options.length ? 0 : size;
}

/** Where the first option of this kind begins in the option bytes of a TCP header, or -1. Ends at one that lies. */
export function findOption(options: Uint8Array, kind: number): number {
  for (let at = 0; at < options.length; ) {
    const size = optionSize(options, at);
    if (size === 0) return -1;
    if (options[at] === kind) return at;
    if (options[at] === OptionKind.end) return -1;
    at += size;
  }
  return -1;
}

/** What the first option of this kind says, without its kind and length; null when there is none. */
export function optionData(options: Uint8Array, kind: number): Uint8Array | null {
  const at = findOption(options, kind);
  return at < 0 ? null : options.subarray(at + 2, Math.max(at + 2, at + optionSize(options, at)));
}

/** All options up to the first that lies about its length. */
export function readOptions(options: Uint8Array): TcpOption[] {
  const found: TcpOption[] = [];
  for (let at = 0; at < options.length; ) {
    const kind = options[at] ?? OptionKind.end;
    const size = optionSize(options, at);
    if (size === 0 || kind === OptionKind.end) break;
    if (kind !== OptionKind.nothing) found.push(readOption(kind, options.subarray(at + 2, at + size)));
    at += size;
  }
  return found;
}

function readOption(kind: number, value: Uint8Array): TcpOption {
  if (kind === OptionKind.segmentSize && value.length === 2) {
    return { kind: 'maximum segment size', value: read16(value, 0) };
  }
  if (kind === OptionKind.windowScale && value.length === 1) {
    return { kind: 'window scale', shift: Math.min(value[0] ?? 0, mostShift) };
  }
  if (kind === OptionKind.selectivePermitted && value.length === 0) return { kind: 'SACK permitted' };
  if (kind === OptionKind.selective && value.length % 8 === 0) {
    const blocks = Array.from({ length: value.length / 8 }, (_, index) => ({
      left: read32(value, index * 8),
      right: read32(value, index * 8 + 4),
    }));
    return { kind: 'SACK', blocks };
  }
  if (kind === OptionKind.timestamps && value.length === 8) {
    return { kind: 'timestamps', value: read32(value, 0), echo: read32(value, 4) };
  }
  return { kind: 'other', number: kind, bytes: value };
}

/** The window scale that a SYN offers, or 0. */
export function windowShift(options: Uint8Array): number {
  const at = findOption(options, OptionKind.windowScale);
  return at < 0 || options[at + 1] !== 3 ? 0 : Math.min(options[at + 2] ?? 0, mostShift);
}
