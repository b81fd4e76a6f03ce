/** The character classes of Lua's patterns in the C locale, by the lower-case letter that follows `%`. */
function between(low: string, high: string) {
  return (byte: number) => byte >= low.charCodeAt(0) && byte <= high.charCodeAt(0);
}

const isDigit = between('0', '9');
const isLower = between('a', 'z');
const isUpper = between('A', 'Z');
const isPrintable = between('!', '~');
function isLetter(byte: number): boolean {
  return isLower(byte) || isUpper(byte);
}
function isAlphanumeric(byte: number): boolean {
  return isLetter(byte) || isDigit(byte);
}

const classes: Readonly<Record<string, (byte: number) => boolean>> = {
  a: isLetter,
  c: (byte) => byte < 0x20 || byte === 0x7f,
  d: isDigit,
  g: isPrintable,
  l: isLower,
  p: (byte) => isPrintable(byte) && !isAlphanumeric(byte),
  s: (byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d),
  u: isUpper,
  w: isAlphanumeric,
  x: (byte) => isDigit(byte) || between('a', 'f')(byte) || between('A', 'F')(byte),
  // Of Lua 5.1, and still known to 5.4.
  z: (byte) => byte === 0,
};

/** For each letter after `%`, whether each byte belongs: 256 to a row, an empty row for what is no class. */
const classMembers: readonly (Uint8Array | undefined)[] = Array.from({ length: 256 }, (_, letter) => {
  const name = String.fromCharCode(letter);
  const belongs = classes[name.toLowerCase()];
  if (belongs === undefined) return undefined;
  const isNegated = isUpper(letter);
  return Uint8Array.from({ length: 256 }, (_member, byte) => (belongs(byte) === isNegated ? 0 : 1));
});

/** Whether a byte matches `%` with that letter; `%` with anything but a class stands for the character itself. */
export function inClass(byte: number, letter: number): boolean {
  const members = classMembers[letter];
  return members === undefined ? byte === letter : members[byte] === 1;
}
