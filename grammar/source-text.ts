import { isUtf8 } from 'node:buffer';
import { Places } from './spans.ts';

/** Bytes that are no UTF-8, and where they stand. `offset` and `length` count bytes; `line` and `column` count from 1. */
export type EncodingProblem = {
  readonly kind: 'invalid-utf-8';
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
};

export type SourceText = { readonly text: string } | { readonly problem: EncodingProblem };

/**
 * The text of a configuration file. A byte-order mark is removed. Where every line ends in CRLF, the line ends
 * become LF; in any other text a CR may be data, and stays.
 */
export function decodeSource(bytes: Uint8Array): SourceText {
  // Byte by byte a large text would take a good part of a second, in which nobody else has a turn.
  const bad = isUtf8(bytes) ? undefined : firstBadSequence(bytes);
  if (bad === undefined) return { text: withPlainLineEnds(decoder.decode(bytes)) };
  const before = decoder.decode(bytes.subarray(0, bad.offset));
  const { line, column } = new Places(before).span(before.length, 0);
  return { problem: { kind: 'invalid-utf-8', ...bad, line, column } };
}

/**
 * What can be read of bytes that are no UTF-8: each sequence that fits none is a U+FFFD. Line ends are as `decodeSource`
 * gives them.
 */
export function decodeDamaged(bytes: Uint8Array): string {
  return withPlainLineEnds(new TextDecoder().decode(bytes));
}

/** Fatal, though it is only given what was found valid: a slip of ours must not turn into replacement characters. */
const decoder = new TextDecoder('utf-8', { fatal: true });

function withPlainLineEnds(text: string): string {
  return text.includes('\r\n') && !/(?<!\r)\n/.test(text) ? text.replaceAll('\r\n', '\n') : text;
}

/** The first bytes that fit no UTF-8 sequence (Unicode standard, table 3-7): the longest start of one, or one byte. */
function firstBadSequence(bytes: Uint8Array): { offset: number; length: number } | undefined {
  let offset = 0;
  while (offset < bytes.length) {
    const lead = bytes[offset] ?? 0;
    const wanted = sequenceLength(lead);
    let length = 1;
    while (length < wanted && continues(lead, length, bytes[offset + length])) length += 1;
    if (length !== wanted) return { offset, length };
    offset += wanted;
  }
  return undefined;
}

/** 0 where no sequence begins with this byte. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** Whether `byte` may follow: second bytes are bounded against overlong forms, surrogates and code points over 10FFFF. */
function continues(lead: number, index: number, byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lowest = index > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = index > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= lowest && byte <= highest;
}
