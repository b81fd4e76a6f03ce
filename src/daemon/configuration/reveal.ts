import type { SecretKey } from '../../access/secret-key.ts';
import type { Sealed } from '../../policy/reading.ts';

/** Has secrets of a configuration in clear text. Throws with what is to be done where one can't be had. */
export function revealWith(secretKey: SecretKey): (sealed: Sealed) => string {
  return ({ text, destination }) => {
    const opened = secretKey.open(text, destination);
    if ('clearText' in opened) return opened.clearText;
    const reason =
      opened.failure === 'other-key'
        ? 'it is of another key'
        : 'it was given for another server, or is damaged';
    throw new Error(`its password can't be read, since ${reason}: set it again`);
  };
}
