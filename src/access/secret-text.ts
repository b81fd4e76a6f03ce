import { nearest } from '../text/nearest.ts';

/** Words that name a secret in whatever product: the person may mean a field of another one. */
const secretWords = ['password', 'passwd', 'passphrase', 'secret', 'key'];
/** They name one where they are a part of a name by themselves: `auth-pwd`. */
const secretParts: ReadonlySet<string> = new Set(['pass', 'pwd', 'psk', 'pin', 'token', 'credential']);

/** Whether a field that nobody knows is called as secrets are, in whatever product, if misspelt. */
export function namesSecret(field: string): boolean {
  const name = field.toLowerCase();
  return isName(name, secretWords) || name.split(/[-_.]/).some((part) => secretParts.has(part));
}

/**
 * Whether a text may set something secret, so that it is to be kept nowhere: a word that names a password, a secret or
 * a key, if misspelt, with a value behind it, or a value in its `ENC` form. What is kept stays for long, so this is
 * more careful than what is concealed in a message, and needs no open row. Fields may be abbreviated: after `set` the
 * beginning of such a word counts too, which takes a harmless line for a secret now and then.
 *
 * @param fields the names of the fields that hold a secret
 */
export function mayHoldSecret(text: string, fields: readonly string[]): boolean {
  const others = fields.filter((field) => !secretWords.some((word) => field.includes(word)));
  const names = [...secretWords, ...others];
  const statements = text.replace(/\\\r?\n/g, '').split('\n');
  return statements.some((statement) => isSecret(statement, names));
}

function isSecret(statement: string, names: readonly string[]): boolean {
  const [verb = '', ...words] = statement
    .replace(/["'\\]/g, '')
    .trim()
    .split(/\s+/)
    .map((word) => word.toLowerCase());
  const named = words.slice(0, -1);
  // Alone, `select` would be a misspelt `secret`.
  const isInVerb = verb.includes('-') ? isName(verb, names) : names.some((name) => verb.includes(name));
  if (words.length > 0 && isInVerb) return true;
  if (named.some((word) => isName(word, names))) return true;
  if (verb === '' || !['set', 'append', 'select', 'unselect'].some((name) => name.startsWith(verb)))
    return false;
  const parts = named.slice(0, 1).flatMap((field) => field.split('-'));
  return named.includes('enc') || parts.some((part) => isAbbreviated(part, names));
}

/** Also as a part of a longer name: `smtp-password`. */
function isName(word: string, names: readonly string[]): boolean {
  const parts = [word, ...word.split('-')];
  return names.some((name) => word.includes(name)) || parts.some((part) => isMisspelt(part, names));
}

function isAbbreviated(part: string, names: readonly string[]): boolean {
  return part !== '' && names.some((name) => name.startsWith(part));
}

/** Of a short name too many words would be a misspelling; the beginning of a name is none. */
function isMisspelt(word: string, names: readonly string[]): boolean {
  const name = nearest(
    word,
    names.filter(({ length }) => length >= 6),
  );
  return name !== undefined && !name.startsWith(word);
}
