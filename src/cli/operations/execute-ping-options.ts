import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { type PingOption, PingSettings } from '../session/settings/ping-settings.ts';
import { choices, hint } from '../typing/suggestion.ts';
import { after, resolveWord } from '../words/resolve.ts';

const options: Readonly<
  Record<PingOption, { readonly help: string; readonly from: number; readonly to: number }>
> = {
  'data-size': { help: 'Bytes of data in each request', from: 8, to: 65_507 },
  'repeat-count': { help: 'Requests', from: 1, to: 2_147_483_647 },
  timeout: { help: 'Seconds that each waits for its answer', from: 1, to: 60 },
};

const names: readonly PingOption[] = ['data-size', 'repeat-count', 'timeout'];

export default {
  verb: 'execute',
  words: ['ping-options'],
  parameters: '{data-size <8-65507> | repeat-count <1-2147483647> | timeout <1-60> | reset | view-settings}',
  help: 'How this session pings',
  requires: { area: 'sysgrp', access: 'r' },
  api: 'console',
  suggest(_position, words) {
    const [first] = words;
    if (first === undefined) {
      const helps = names.map((name) => [name, options[name].help]);
      return choices({
        ...Object.fromEntries(helps),
        reset: 'Ping as usual again',
        'view-settings': 'Show how this session pings',
      });
    }
    const name = names.find((one) => one === first.text);
    if (name === undefined || words.length > 1) return [];
    const { help, from, to } = options[name];
    return [hint(`<${from}-${to}>`, `${help} (default ${PingSettings.standard[name]})`)];
  },
  run({ pingSettings, print }, [option, value, extra]): Faults {
    const words = [...names, 'reset', 'view-settings'];
    const expected = `one of ${words.join(', ')}`;
    if (option === undefined) return [{ error: 'incomplete', word: '', expected }];
    const resolved = resolveWord(option, words, expected);
    if ('fault' in resolved) return [resolved.fault];
    const name = names.find((one) => one === resolved.found);
    if (name === undefined) {
      if (value !== undefined) return [superfluous(value)];
      if (resolved.found === 'reset') pingSettings.reset();
      else
        print({
          lines: names.map((one) => `${one.padEnd(12)} : ${pingSettings.get(one)}`),
          data: () => Object.fromEntries(names.map((one) => [one, pingSettings.get(one)])),
        });
      return done;
    }
    const { from, to } = options[name];
    const wanted = `an integer from ${from} to ${to}`;
    if (value === undefined)
      return [{ error: 'incomplete', word: '', span: after(option), expected: wanted }];
    if (extra !== undefined) return [superfluous(extra)];
    const number = /^\d{1,10}$/.test(value.text) ? Number(value.text) : -1;
    if (number < from || number > to)
      return [{ error: 'invalid-value', word: value.text, span: value.span, expected: wanted }];
    pingSettings.set(name, number);
    return done;
  },
} satisfies Operation;
