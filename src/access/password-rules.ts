/** In characters. */
export const passwordLength = { minimum: 8, maximum: 128 };

export type PasswordRule = 'too-short' | 'too-long' | 'not-printable' | 'is-the-name';

/** A rule that a password breaks; `expected` says for a person what it should be. */
export type BrokenPasswordRule = { readonly rule: PasswordRule; readonly expected: string };

/** Which rule a new password of the administrator `name` breaks, if any. */
export function brokenPasswordRule(clearText: string, name: string): BrokenPasswordRule | undefined {
  const { minimum, maximum } = passwordLength;
  const length = [...clearText].length;
  if (/\p{Cc}/u.test(clearText) || !clearText.isWellFormed()) {
    return { rule: 'not-printable', expected: 'a password without control characters' };
  }
  if (length < minimum) {
    return { rule: 'too-short', expected: `a password of at least ${minimum} characters` };
  }
  if (length > maximum) {
    return { rule: 'too-long', expected: `a password of at most ${maximum} characters` };
  }
  if (folded(clearText) === folded(name)) {
    return { rule: 'is-the-name', expected: "a password that is not the administrator's name" };
  }
  return undefined;
}

/** Whether two passwords are one to a person, in whatever normal form their characters were typed. */
export function isSamePassword(one: string, other: string): boolean {
  return one.normalize('NFKC') === other.normalize('NFKC');
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
