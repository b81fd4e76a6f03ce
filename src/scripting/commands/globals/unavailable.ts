import { CommandError } from '../../../lua/errors.ts';
import type { GlobalFunction, GlobalTable } from './global.ts';

const because =
  (name: string, reason: string): GlobalFunction =>
  () => {
    throw new CommandError(`${name}() is not available: ${reason}`);
  };

const NO_COUNTRIES = 'there is no database of countries';
const NO_FILES = 'scripts reach no files';
const NO_CIPHERS = 'scripts keep no keys';

/** Functions of FortiADC that a script may ask for and that Levee does not have: each says so by its name. */
export const UNAVAILABLE: GlobalTable = Object.fromEntries(
  Object.entries({
    ip2country_name: NO_COUNTRIES,
    ip2countryProv_name: NO_COUNTRIES,
    file_open: NO_FILES,
    file_gets: NO_FILES,
    file_close: NO_FILES,
    aes_enc: NO_CIPHERS,
    aes_dec: NO_CIPHERS,
    key_gen: NO_CIPHERS,
    G2F: NO_CIPHERS,
  }).map(([name, reason]) => [name, because(name, reason)]),
);
