import { readPasswordRecord } from '../../schemas/kinds/secrets/secret.ts';
import { hashPassword } from './password.ts';
import { brokenPasswordRule } from './password-rules.ts';
import { readSecretWords, type WrongWord } from './secret-words.ts';

export type NewPassword =
  | { readonly record: string }
  | WrongWord
  | { readonly error: 'invalid-value' | 'too-long'; readonly index: number; readonly expected: string };

const remedy = 'a password as "show" of a Levee prints it; one of another system is set anew, in clear text';

/** The record for what stands after `set password` in the row of the administrator `name`. */
export async function readNewPassword(words: readonly string[], name: string): Promise<NewPassword> {
  const reading = readSecretWords(words);
  if ('error' in reading) return reading;
  if ('kept' in reading) {
    const valid = readPasswordRecord(reading.kept) !== undefined;
    return valid ? { record: reading.kept } : { error: 'invalid-value', index: 1, expected: remedy };
  }
  const { clearText } = reading;
  const broken = brokenPasswordRule(clearText, name);
  if (broken === undefined) return { record: await hashPassword(clearText) };
  const error = broken.rule === 'too-long' ? 'too-long' : 'invalid-value';
  return { error, index: 0, expected: broken.expected };
}
