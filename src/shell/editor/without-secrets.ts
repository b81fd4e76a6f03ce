const secret = ['password', 'passwd', 'passphrase', 'secret', 'key'];

/**
 * A line as it may be kept, or null where it sets something secret: a word that names a password, a secret or a key,
 * if misspelt, with a value behind it, or a value in its `ENC` form. Fields may be abbreviated, so after `set` the
 * beginning of such a word counts too; that drops a harmless line now and then.
 */
export function withoutSecrets(line: string): string | null {
  const statements = line.replace(/\\\r?\n/g, '').split('\n');
  return statements.some(isSecret) ? null : line;
}

function isSecret(statement: string): boolean {
  const [verb = '', ...words] = statement
    .replace(/["'\\]/g, '')
    .trim()
    .split(/\s+/)
    .map((word) => word.toLowerCase());
  const named = words.slice(0, -1);
  // Alone, `select` would be a misspelt `secret`.
  if (words.length > 0 && (verb.includes('-') ? isName(verb) : secret.some((name) => verb.includes(name))))
    return true;
  if (named.some(isName)) return true;
  if (verb === '' || !['set', 'append', 'select', 'unselect'].some((name) => name.startsWith(verb)))
    return false;
  return named.includes('enc') || named.slice(0, 1).some((field) => field.split('-').some(isAbbreviated));
}

/** Also as a part of a longer name: `smtp-password`. */
function isName(word: string): boolean {
  return secret.some(
    (name) => word.includes(name) || [word, ...word.split('-')].some((part) => isMisspelt(part, name)),
  );
}

function isAbbreviated(part: string): boolean {
  return part !== '' && secret.some((name) => name.startsWith(part));
}

/** Letters in another order, one too many, one too few or another one; of a short name too many words would be that. */
function isMisspelt(word: string, name: string): boolean {
  if (name.length < 6) return false;
  const superfluous = [...name].reduce((rest, letter) => rest.replace(letter, ''), word).length;
  const missing = [...word].reduce((rest, letter) => rest.replace(letter, ''), name).length;
  return missing + superfluous <= 2;
}
