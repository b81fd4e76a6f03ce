/** What the words after `set FIELD` say of a secret: its clear text, or the form in which it is kept. */
export type SecretReading = { readonly clearText: string } | { readonly kept: string } | WrongWord;

export type WrongWord = {
  readonly error: 'incomplete' | 'unknown-word';
  /** Of the wrong word; as many as there are words where one is missing. */
  readonly index: number;
  readonly expected: string;
};

/** Stands before a secret in the form in which it is kept. */
const marker = 'ENC';

/** `words` with their quoting undone. Whether what follows ENC is valid is for the schema of the field to say. */
export function readSecretWords(words: readonly string[]): SecretReading {
  const [first, second] = words;
  const missing = (expected: string): WrongWord => ({ error: 'incomplete', index: words.length, expected });
  const superfluous = (index: number, expected: string): WrongWord => ({
    error: 'unknown-word',
    index,
    expected,
  });
  if (first === undefined) return missing(`the secret in clear text, or what "show" prints`);
  if (first !== marker) {
    if (second === undefined) return { clearText: first };
    return superfluous(1, 'one word: a secret with spaces stands in quotes');
  }
  if (second === undefined) return missing(`what "show" prints after ${marker}`);
  return words.length === 2 ? { kept: second } : superfluous(2, `one word after ${marker}`);
}

/** Whether words have the form in which a secret is kept. */
export function isKeptForm(words: readonly string[]): boolean {
  return 'kept' in readSecretWords(words);
}

/** The words that a secret is printed as, and can be entered as. */
export function printSecret(kept: string): string {
  return `${marker} ${kept}`;
}
