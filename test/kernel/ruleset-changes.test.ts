import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KernelPlan, kernelPlanOf } from '../../src/kernel/plan.ts';
import { rulesetCommands, standingOf } from '../../src/kernel/ruleset.ts';
import { rounds } from '../campaign.ts';
import { policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import fc from '../property.ts';

type Made = {
  readonly sets: Map<string, string>;
  readonly chains: Map<string, { kind: string; rules: string[] }>;
};

/** A table as nft makes it of commands, which fail where it would refuse them. */
class Model {
  #table: Made | null = null;

  run(commands: string): void {
    for (const line of commands.split('\n').filter((text) => text !== '')) this.#do(line);
  }

  get made(): Made | null {
    return this.#table;
  }

  #do(line: string): void {
    const [, verb = '', kind = '', name = '', rest = ''] =
      /^(\w+) (table|set|chain|rule) inet levee_0 ?(\S*) ?(.*)$/.exec(line) ?? [];
    if (kind === 'table') {
      if (verb === 'add') this.#table ??= { sets: new Map(), chains: new Map() };
      else this.#table = null;
      return;
    }
    const table = this.#table;
    assert.ok(table !== null, line);
    const chain = table.chains.get(name);
    switch (`${verb} ${kind}`) {
      case 'add set':
        assert.equal(table.sets.get(name) ?? rest, rest, `${name} is there in another form`);
        table.sets.set(name, rest);
        break;
      case 'add chain':
        assert.equal(chain?.kind ?? rest, rest, `${name} is there in another form`);
        if (chain === undefined) table.chains.set(name, { kind: rest, rules: [] });
        break;
      case 'flush chain':
        assert.ok(chain !== undefined, line);
        chain.rules = [];
        break;
      case 'delete chain':
      case 'delete set':
        assert.ok(!this.#isUsed(table, name), `${name} is in use`);
        assert.ok(kind === 'set' ? table.sets.delete(name) : table.chains.delete(name), line);
        break;
      case 'add rule':
        assert.ok(chain !== undefined, line);
        for (const [, used = ''] of rest.matchAll(/(?:@|jump )(\w+)/g))
          assert.ok(table.sets.has(used) || table.chains.has(used), `${used} of "${rest}"`);
        chain.rules.push(rest);
        break;
      default:
        assert.fail(`nft knows no "${line}"`);
    }
  }

  #isUsed({ chains }: Made, name: string): boolean {
    const rules = [...chains.values()].flatMap((chain) => chain.rules);
    return rules.some((rule) => new RegExp(`(?:@|jump )${name}\\b`).test(rule));
  }
}

const policies = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 1, max: 6 }),
    endpoints: fc.uniqueArray(
      fc.record({
        address: fc.constantFrom('192.0.2.1', '192.0.2.2', '0.0.0.0', '::', '2001:db8::1'),
        port: fc.constantFrom(80, 443, 8080),
      }),
      { maxLength: 3, selector: ({ address, port }) => `${address} ${port}` },
    ),
    halfOpenThreshold: fc.constantFrom(null, 10, 8192),
    prefixV4: fc.constantFrom(0, 24, 32),
    blocks: fc.boolean(),
  }),
  { maxLength: 4, selector: ({ id }) => id },
);

const synproxies = fc.constantFrom(null, { windowScale: 7, mssV4: 1460, mssV6: 1440 });

const plans = fc
  .record({
    some: policies,
    kernelBlock: fc.constantFrom(null, 'drop' as const, 'reset' as const),
    synproxy: synproxies,
    kept: synproxies,
  })
  .map(({ some, kernelBlock, synproxy, kept }): KernelPlan | null => {
    const made = some.map(({ blocks, prefixV4, ...policy }) =>
      policyOf({
        ...policy,
        rule: blocks ? ruleOf({ threshold: 1, action: 'block-period', prefixV4 }) : null,
      }),
    );
    return kernelPlanOf({ ...snapshotOf(...made), kernelBlock }, synproxy, kept);
  })
  .filter((plan) => plan !== null);

test('from whatever rules stand the commands lead to those of the plan, and nothing is refused', () => {
  fc.assert(
    fc.property(fc.array(plans, { minLength: 1, maxLength: 4 }), (course) => {
      const model = new Model();
      let before: KernelPlan | null = null;
      for (const plan of course) {
        model.run(rulesetCommands('levee_0', plan, 'prerouting', before && standingOf(before)));
        const fresh = new Model();
        fresh.run(rulesetCommands('levee_0', plan, 'prerouting', null));
        assert.deepEqual(model.made, fresh.made);
        const { sets = new Map(), chains = new Map() } = fresh.made ?? {};
        assert.deepEqual(standingOf(plan), { sets: new Set(sets.keys()), chains: new Set(chains.keys()) });
        before = plan;
      }
    }),
    { numRuns: rounds(100, 1000) },
  );
});
