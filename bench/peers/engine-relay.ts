import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { epollImplementation } from '../../src/enforcer/engine/epoll/implementation.ts';
import type { EngineRelayData } from './engine-relay.worker.ts';
import { startProgram, stopProgram, untilListening } from './process.ts';
import type { Ports, RunningProxy } from './proxy.ts';

/** A program that does nothing but relay, in one worker: on the product's engine, or on io_uring. */
export async function startEngineRelay(
  kind: EngineRelayData['kind'],
  ports: Ports,
  processor: number | null,
): Promise<RunningProxy> {
  const words = [kind, ports.relay, ports.guarded, ports.backend].map(String);
  const program = join(import.meta.dirname, 'engine-relay.ts');
  const child = startProgram([process.execPath, program, ...words], processor);
  await untilListening(ports.guarded, child);
  return {
    name: kind,
    ports,
    processes: () => (child.pid === undefined ? [] : [child.pid]),
    stop: () => stopProgram(child),
  };
}

if (import.meta.main) {
  const [kind, relayed, refused, backend] = process.argv.slice(2);
  const listening = (port: string | undefined) =>
    epollImplementation.bind('127.0.0.1', Number(port), true).share();
  const data: EngineRelayData = {
    kind: kind === 'io_uring' ? kind : 'epoll',
    relayed: listening(relayed),
    refused: listening(refused),
    backend: Number(backend),
  };
  new Worker(new URL('./engine-relay.worker.ts', import.meta.url), { workerData: data });
}
