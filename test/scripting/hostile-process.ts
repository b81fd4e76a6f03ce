import { run, scriptState } from '../lua/lua.ts';
import { hostile } from './hostile-cases.ts';

/** Runs each hostile case in one state and prints what came of it, and whether the state still works. */
const state = scriptState();
const budget = { instructions: 100_000, milliseconds: 200 };
const results: Record<string, readonly string[]> = {};
for (const [name, [code]] of Object.entries(hostile)) {
  const begun = performance.now();
  const [ending = ''] = run(state, code, [], budget);
  const took = (performance.now() - begun).toFixed(1);
  const [after = ''] = run(state, 'keep = nil return 6 * 7', [], budget);
  results[name] = [ending, after, took, String(state.meter.memoryUsed)];
}
console.log(JSON.stringify(results));
