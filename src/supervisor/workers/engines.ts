import type { EngineImplementation } from '../../enforcer/engine/engine.ts';
import { epollImplementation } from '../../enforcer/engine/epoll/implementation.ts';
import { nodeImplementation } from '../../enforcer/engine/node/implementation.ts';
import type { EngineChoice, EngineName } from '../../policy/enforcer-settings.ts';
import { preferredEngines } from './preferred-engines.ts';

const engines: Readonly<Record<EngineName, EngineImplementation>> = {
  epoll: epollImplementation,
  node: nodeImplementation,
};

/** An engine that works here; `fault`: why it is not the one that was wanted, or null. */
export type ChosenEngine = { readonly name: EngineName; readonly fault: string | null };

export function engineNamed(name: EngineName): EngineImplementation {
  return engines[name];
}

export function chooseEngine(wanted: EngineChoice): ChosenEngine {
  if (wanted === 'auto')
    return { name: preferredEngines.find((name) => engines[name].fault() === null) ?? 'node', fault: null };
  const fault = engines[wanted].fault();
  return fault === null ? { name: wanted, fault } : { name: 'node', fault };
}
