import { LuaError } from '../../../lua/host/errors.ts';
import type { GlobalFunction, GlobalTable } from './global.ts';

function because(name: string, reason: string): GlobalFunction {
  return () => {
    throw new LuaError(`${name}() is not available: ${reason}`);
  };
}

const noCountries = 'there is no database of countries';
const noFiles = 'scripts reach no files';
const noCiphers = 'scripts keep no keys';

/** Functions of FortiADC that Levee lacks. Calling one is an error with its name and the reason. */
export const unavailable: GlobalTable = Object.fromEntries(
  Object.entries({
    ip2country_name: noCountries,
    ip2countryProv_name: noCountries,
    file_open: noFiles,
    file_gets: noFiles,
    file_close: noFiles,
    aes_enc: noCiphers,
    aes_dec: noCiphers,
    key_gen: noCiphers,
    G2F: noCiphers,
  }).map(([name, reason]) => [name, because(name, reason)]),
);
