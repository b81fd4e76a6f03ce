import type { FieldMeta } from '../../schemas/field.ts';
import { readSealedSecret } from '../../schemas/kinds/secrets/sealed-secret.ts';
import type { SecretKey } from './secret-key.ts';
import { readSecretWords, type WrongWord } from './secret-words.ts';

export type NewSecret =
  | { readonly sealed: string }
  | WrongWord
  | { readonly error: 'invalid-value' | 'too-long'; readonly index: number; readonly expected: string };

const remedies = {
  strange: 'a secret as "show" of this Levee prints it; one of another system is set anew, in clear text',
  held: 'a secret of an entry that is saved; one that is not yet is set in clear text',
  'other-key':
    'a secret of this Levee; this one was sealed under another key: set it anew in clear text, or bring the file secret.key along',
};

/**
 * What is kept of what stands after `set FIELD` of a secret that can be had back. What is given in clear text is held
 * until its row is saved; whether what stands after ENC is for where the row sends it is seen then, too. Throws where the
 * key can't be had.
 *
 * @param longest characters of the clear text
 * @param form what that must be
 */
export function readNewSecret(
  words: readonly string[],
  key: SecretKey,
  longest: number,
  form?: FieldMeta['secretForm'],
): NewSecret {
  const reading = readSecretWords(words);
  if ('error' in reading) return reading;
  if ('kept' in reading) {
    const { kept } = reading;
    const refused = (why: keyof typeof remedies): NewSecret => ({
      error: 'invalid-value',
      index: 1,
      expected: remedies[why],
    });
    if (readSealedSecret(kept) === undefined) return refused('strange');
    if (!key.isOfThisKey(kept)) return refused('other-key');
    // Whoever has seen it on a screen must not be able to give it another destination.
    return key.isHeld(kept) ? refused('held') : { sealed: kept };
  }
  const { length } = [...reading.clearText];
  const expected = `a secret of 1 to ${longest} characters`;
  if (length === 0) return { error: 'invalid-value', index: 0, expected };
  if (length > longest) return { error: 'too-long', index: 0, expected };
  if (form?.pattern.test(reading.clearText) === false)
    return { error: 'invalid-value', index: 0, expected: form.expected };
  return { sealed: key.hold(reading.clearText) };
}
