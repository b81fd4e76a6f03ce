import type { SecretKey } from '../../access/secret-key.ts';
import type { Reveal } from '../../policy/reading.ts';

/** Of a configuration whose secrets are kept under this key. */
export function revealWith(secretKey: SecretKey): Reveal {
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
