import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf } from '../measuring/machine.ts';
import { isInstalled, startProgram, stopProgram, untilListening } from './process.ts';
import { mostHeld, type Ports, type RunningProxy } from './proxy.ts';

/** Where Debian and its descendants put it; elsewhere it may be built in. */
const streamModule = '/usr/lib/nginx/modules/ngx_stream_module.so';

/** Whether there is an nginx that relays TCP: Debian packs that apart from it. */
export function hasNginxStream(): boolean {
  if (!isInstalled('nginx')) return false;
  return (
    existsSync(streamModule) || / --with-stream(?: |$)/m.test(spawnSync('nginx', ['-V']).stderr.toString())
  );
}

function configuration(directory: string, ports: Ports): string {
  return `${existsSync(streamModule) ? `load_module ${streamModule};\n` : ''}daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${directory}/nginx.pid;
error_log stderr crit;
events { worker_connections 20000; multi_accept on; }
stream {
  limit_conn_zone $binary_remote_addr zone=relay:10m;
  limit_conn_zone $binary_remote_addr zone=guarded:10m;
  server { listen 127.0.0.1:${ports.relay} backlog=4096; limit_conn relay ${mostHeld}; proxy_pass 127.0.0.1:${ports.backend}; }
  server { listen 127.0.0.1:${ports.guarded} backlog=4096; limit_conn guarded 1; proxy_pass 127.0.0.1:${ports.backend}; }
}
`;
}

export async function startNginx(
  directory: string,
  ports: Ports,
  processor: number | null,
): Promise<RunningProxy> {
  const file = join(directory, 'nginx.conf');
  writeFileSync(file, configuration(directory, ports));
  const child = startProgram(['nginx', '-p', directory, '-e', 'stderr', '-c', file], processor);
  await untilListening(ports.guarded, child);
  return {
    name: 'nginx stream',
    processes: () => (child.pid === undefined ? [] : childrenOf(child.pid)),
    stop: () => stopProgram(child),
  };
}
