import type { Reading } from '../reading.ts';
import { emailPolicies } from './email.ts';
import { syslogServers } from './syslog.ts';

export type Destinations = ReturnType<typeof compileDestinations>;

/** Those outside who may get records, by their kind. What sends to a kind is in src/logs/targets. */
export function compileDestinations(reading: Reading) {
  return { email: emailPolicies(reading), syslog: syslogServers(reading) };
}
