import { nearest } from '../text/nearest.ts';
import { type SecretNames, secretOffset } from './concealment.ts';

/** Words that name a secret, in whatever product: the person may mean another one's field. */
const secretWords = ['password', 'passwd', 'passphrase', 'secret', 'key'];

/** Too many words would be a misspelling of a shorter one. */
const misspellable = secretWords.filter(({ length }) => length >= 6);

/**
 * Whether a text may set something secret, so that it is to be kept nowhere: what is kept stays for long, and this is
 * more careful than what is concealed in a message. A secret is also what follows a word that names a password, a secret
 * or a key, if misspelt, and a value in its `ENC` form. Fields may be abbreviated, so after `set` the beginning of such
 * a word counts too; that takes a harmless line for a secret now and then.
 */
export function mayHoldSecret(text: string, names: SecretNames): boolean {
  const statements = text.replace(/\\\r?\n/g, '').split('\n');
  return statements.some(
    (statement) => secretOffset(statement, names) !== undefined || looksSecret(statement),
  );
}

function looksSecret(statement: string): boolean {
  const [verb = '', ...words] = statement
    .replace(/["'\\]/g, '')
    .trim()
    .split(/\s+/)
    .map((word) => word.toLowerCase());
  const named = words.slice(0, -1);
  // Alone, `select` would be a misspelt `secret`.
  const isVerbName = verb.includes('-') ? isName(verb) : secretWords.some((name) => verb.includes(name));
  if (words.length > 0 && isVerbName) return true;
  if (named.some(isName)) return true;
  if (verb === '' || !['set', 'append', 'select', 'unselect'].some((name) => name.startsWith(verb)))
    return false;
  return named.includes('enc') || named.slice(0, 1).some((field) => field.split('-').some(isAbbreviated));
}

/** Also as a part of a longer name: `smtp-password`. */
function isName(word: string): boolean {
  return (
    secretWords.some((name) => word.includes(name)) ||
    [word, ...word.split('-')].some((part) => isMisspelt(part))
  );
}

function isAbbreviated(part: string): boolean {
  return part !== '' && secretWords.some((name) => name.startsWith(part));
}

/** The beginning of a name is no misspelling of it. */
function isMisspelt(word: string): boolean {
  const name = nearest(word, misspellable);
  return name !== undefined && !name.startsWith(word);
}
