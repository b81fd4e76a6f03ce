import { type MessageHead, valuesOf } from './message-head.ts';

/** How the end of a body is found: RFC 9112, 6.3. `tunnel`: what follows is no HTTP any more, on both sides. */
export type Framing =
  | { readonly kind: 'none' | 'chunked' | 'until close' | 'tunnel' }
  | { readonly kind: 'length'; readonly length: number };

function lengthIn(head: MessageHead): number | undefined {
  const values = valuesOf(head, 'content-length').flatMap((value) =>
    value.split(',').map((one) => one.trim()),
  );
  const [first] = values;
  if (first === undefined || !/^\d{1,15}$/.test(first) || values.some((value) => value !== first))
    return undefined;
  return Number(first);
}

function isChunked(head: MessageHead): boolean {
  const coding = valuesOf(head, 'transfer-encoding').join(',').split(',').at(-1);
  return coding?.trim().toLowerCase() === 'chunked';
}

function framing(head: MessageHead, otherwise: Framing): Framing {
  if (isChunked(head)) return { kind: 'chunked' };
  if (valuesOf(head, 'transfer-encoding').length > 0) return { kind: 'until close' };
  if (valuesOf(head, 'content-length').length === 0) return otherwise;
  const length = lengthIn(head);
  return length === undefined ? { kind: 'until close' } : { kind: 'length', length };
}

export function requestFraming(head: MessageHead): Framing {
  return framing(head, { kind: 'none' });
}

/** @param method of the request that it answers; undefined where that is not known */
export function responseFraming(head: MessageHead, method: string | undefined): Framing {
  const status = Number(head.first[1].text);
  if (status === 101 || (method === 'CONNECT' && status >= 200 && status < 300)) return { kind: 'tunnel' };
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { kind: 'none' };
  return framing(head, { kind: 'until close' });
}

/** What a body is read from: a stream at its position. */
export type BodySource = {
  readonly available: number;
  /** Passes over bytes and says how many. */
  advance(count: number): number;
  read(count: number): Uint8Array | undefined;
};

const NEWLINE = 0x0a;
const longestLine = 8192;

/** Passes over the body of a message, and knows where it ends. */
export class BodyReader {
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  #state: 'size' | 'chunk' | 'chunk end' | 'trailer' | 'bytes' | 'rest' | 'over';
  #line = '';

  constructor(framing: Framing) {
    if (framing.kind === 'length') this.#left = framing.length;
    if (framing.kind === 'chunked') this.#state = 'size';
    else if (framing.kind === 'length') this.#state = framing.length > 0 ? 'bytes' : 'over';
    else this.#state = framing.kind === 'none' ? 'over' : 'rest';
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** Rules have made what there is of the body so much longer. */
  lengthen(by: number): void {
    this.#left = Math.max(0, this.#left + by);
    if (this.#left === 0) this.#endPart();
  }

  /** So many bytes were not captured. */
  miss(count: number): void {
    if (this.#state !== 'bytes' && this.#state !== 'chunk') return;
    // A chunk that is not whole hides where the next one begins.
    if (count > this.#left) this.#state = 'rest';
    else this.lengthen(-count);
  }

  /** Passes over as much of the body as there is. */
  pass(source: BodySource): void {
    while (!this.isOver && source.available > 0) {
      if (this.#state === 'rest') source.advance(source.available);
      else if (this.#state === 'bytes' || this.#state === 'chunk') {
        this.#left -= source.advance(this.#left);
        if (this.#left === 0) this.#endPart();
      } else this.#takeOfLine(source);
    }
  }

  #endPart(): void {
    if (this.#state === 'bytes') this.#state = 'over';
    else if (this.#state === 'chunk') this.#state = 'chunk end';
  }

  #takeOfLine(source: BodySource): void {
    const [byte = NEWLINE] = source.read(1) ?? [];
    if (byte !== NEWLINE) {
      this.#line += String.fromCharCode(byte);
      if (this.#line.length > longestLine) this.#state = 'rest';
      return;
    }
    const line = this.#line.replace(/\r$/, '');
    this.#line = '';
    if (this.#state === 'size') this.#begin(line);
    else if (this.#state === 'chunk end') this.#state = line === '' ? 'size' : 'rest';
    else if (line === '') this.#state = 'over';
  }

  #begin(line: string): void {
    const [, digits] = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?$/.exec(line) ?? [];
    if (digits === undefined) {
      this.#state = 'rest';
      return;
    }
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? 'trailer' : 'chunk';
  }
}
