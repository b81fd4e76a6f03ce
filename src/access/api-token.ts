import { createHash, randomBytes } from 'node:crypto';
import { isTokenRecord } from '../../schemas/kinds/secrets/token.ts';
import { readSecretWords, type WrongWord } from './secret-words.ts';

/** What each begins with: whoever finds one somewhere knows what it is. */
const mark = 'levee_';
const length = 32;
const form = /^levee_[A-Za-z0-9_-]{43}$/;

/** A new token: 256 random bits. */
export function newToken(): string {
  return `${mark}${randomBytes(length).toString('base64url')}`;
}

/** What is kept of a token; undefined: the text is none. */
export function tokenRecord(text: string): string | undefined {
  if (!form.test(text)) return undefined;
  return `$sha256$${createHash('sha256').update(text).digest('base64').replace(/=+$/, '')}`;
}

export type NewToken =
  | { readonly record: string }
  | WrongWord
  | { readonly error: 'invalid-value'; readonly index: number; readonly expected: string };

/** The record for what stands after `set secret`. */
export function readNewToken(words: readonly string[]): NewToken {
  const reading = readSecretWords(words);
  if ('error' in reading) return reading;
  const isKept = 'kept' in reading;
  const record = isKept ? reading.kept : tokenRecord(reading.clearText);
  if (record !== undefined && isTokenRecord(record)) return { record };
  const expected = isKept
    ? 'a token as "show" of a Levee prints it'
    : 'a token that "execute api-token create" has made: one of your own may be easy to guess';
  return { error: 'invalid-value', index: isKept ? 1 : 0, expected };
}
