import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProgram, stopProgram, untilListening } from './process.ts';
import { mostHeld, type Ports, type RunningProxy } from './proxy.ts';

function configuration(ports: Ports, connections: number): string {
  return `global
  nbthread 1
  maxpipes 100
  maxconn ${connections}
defaults
  mode tcp
  maxconn ${connections}
  timeout connect 5s
  timeout client 1h
  timeout server 1h
${service('relay', ports.relay, mostHeld)}${service('guarded', ports.guarded, 1)}${service('special', ports.special, mostHeld)}  option splice-auto
backend echo
  server one 127.0.0.1:${ports.backend}
`;
}

function service(name: string, port: number, held: number): string {
  return `frontend ${name}
  bind 127.0.0.1:${port} backlog 4096
  stick-table type ip size 200k expire 1m store conn_cur
  tcp-request connection track-sc0 src
  tcp-request connection reject if { sc0_conn_cur gt ${held} }
  default_backend echo
`;
}

/** Its `special` port moves bytes with splice. `connections`: as many as it has room for. */
export async function startHAProxy(
  directory: string,
  ports: Ports,
  processor: number | null,
  connections: number,
): Promise<RunningProxy> {
  const file = join(directory, `haproxy-${ports.relay}.cfg`);
  writeFileSync(file, configuration(ports, connections));
  const child = startProgram(['haproxy', '-db', '-f', file], processor);
  await untilListening(ports.special, child);
  return {
    name: 'HAProxy',
    ports,
    processes: () => (child.pid === undefined ? [] : [child.pid]),
    stop: () => stopProgram(child),
  };
}
