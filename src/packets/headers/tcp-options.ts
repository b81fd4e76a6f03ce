import { read16, read32 } from '../big-endian.ts';

/** Option kinds: https://www.iana.org/assignments/tcp-parameters. */
export const OptionKind = {
  end: 0,
  nothing: 1,
  segmentSize: 2,
  windowScale: 3,
  selectivePermitted: 4,
  selective: 5,
  timestamps: 8,
} as const;

export type TcpOption =
  | { readonly kind: 'maximum segment size'; readonly value: number }
  | { readonly kind: 'window scale'; readonly shift: number }
  | { readonly kind: 'SACK permitted' }
  /** Edges of the blocks, as sequence numbers. */
  | { readonly kind: 'SACK'; readonly blocks: readonly { readonly left: number; readonly right: number }[] }
  | { readonly kind: 'timestamps'; readonly value: number; readonly echo: number }
  | { readonly kind: 'other'; readonly number: number; readonly bytes: Uint8Array };

/** Where an option of this kind begins in the option bytes of a TCP header, or -1. Ends at the first one that lies. */
export function findOption(options: Uint8Array, kind: number): number {
  for (let at = 0; at < options.length; ) {
    const found = options[at] ?? 0;
    if (found === OptionKind.end) return -1;
    if (found === OptionKind.nothing) {
      at++;
      continue;
    }
    const length = options[at + 1] ?? 0;
    if (length < 2 || at + length > options.length) return -1;
    if (found === kind) return at;
    at += length;
  }
  return -1;
}

/** All options up to the first that lies about its length. */
export function readOptions(options: Uint8Array): TcpOption[] {
  const found: TcpOption[] = [];
  for (let at = 0; at < options.length; ) {
    const kind = options[at] ?? 0;
    if (kind === OptionKind.end) break;
    if (kind === OptionKind.nothing) {
      at++;
      continue;
    }
    const length = options[at + 1] ?? 0;
    if (length < 2 || at + length > options.length) break;
    found.push(readOption(kind, options.subarray(at + 2, at + length)));
    at += length;
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

/** RFC 7323, 2.3: a larger shift counts as this. */
const mostShift = 14;

/** The window scale that a SYN offers, or 0. */
export function windowShift(options: Uint8Array): number {
  const at = findOption(options, OptionKind.windowScale);
  return at < 0 || options[at + 1] !== 3 ? 0 : Math.min(options[at + 2] ?? 0, mostShift);
}
