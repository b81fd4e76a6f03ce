import type { EventName } from './events.ts';

// What scripts for FortiADC and FortiWeb call and Levee has no use for. A call does nothing: it gives nil and the reason.

const noHttp = 'Levee does not look into HTTP';
const noTls = 'Levee does not end TLS';

/** Tables of which no command is here. */
export const foreignTables: ReadonlyMap<string, string> = new Map([
  ['HTTP', noHttp],
  ['COOKIE', noHttp],
  ['WAF', noHttp],
  ['AUTH', noHttp],
  ['PERSIST', noHttp],
  ['SSL', noTls],
  ['CERT', noTls],
]);

const oneServerEach = 'each client has a server connection of its own';

/** Single commands of tables that are here. */
export const foreignCommands: ReadonlyMap<string, string> = new Map([
  ['TCP:set_src_key', oneServerEach],
  ['TCP:set_dst_key', oneServerEach],
  ['TCP:isolate_client_close', oneServerEach],
  ['TCP:isolate_server_error', oneServerEach],
  ['IP:address_in_network', 'cmp_addr does so'],
  ['IP:reputation', 'there is no database of reputations'],
]);

const noCountries = 'there is no database of countries';
const noFiles = 'scripts reach no files';
const noCiphers = 'scripts keep no keys';

/** Global functions. */
export const foreignFunctions: ReadonlyMap<string, string> = new Map([
  ['ip2country_name', noCountries],
  ['ip2countryProv_name', noCountries],
  ['file_open', noFiles],
  ['file_gets', noFiles],
  ['file_close', noFiles],
  ['aes_enc', noCiphers],
  ['aes_dec', noCiphers],
  ['key_gen', noCiphers],
  ['G2F', noCiphers],
  ['init_stick_tbl_timeout', 'TCP:persist has a timeout for each entry'],
]);

const serverIsChosen = 'a server is connected by then: the first bytes of a client alone choose one here';

/**
 * Commands that choose a server, in events in which others take them at any time. Here they do so with the first bytes
 * of a client, for which the choice then waits.
 */
export const idleIn: ReadonlyMap<string, { readonly events: readonly EventName[]; readonly reason: string }> =
  new Map(
    [
      'LB:routing',
      'LB:upstream',
      'LB:set_peer',
      'LB:set_real_server',
      'LB:method_assign_server',
      'TCP:lookup_tbl',
    ].map((name) => [name, { events: ['STREAM_REQUEST_DATA'], reason: serverIsChosen }] as const),
  );
