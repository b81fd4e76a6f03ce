import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { View } from '../../src/store/view.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { Levee, printed, type Typist } from './in-process.ts';

const table = 'config waf layer4-connection-flood-check-rule';
const fields = ['layer4-connection-threshold', 'block-period', 'silent-connection-threshold'];

type Script = {
  readonly row: 'a' | 'b';
  readonly change: 'set' | 'delete' | 'rename';
  readonly field: number;
  readonly end: 'commit' | 'abort';
};

const script: fc.Arbitrary<Script> = fc.record({
  row: fc.constantFrom('a', 'b'),
  change: fc.constantFrom('set', 'set', 'set', 'delete', 'rename'),
  field: fc.nat({ max: fields.length - 1 }),
  end: fc.constantFrom('commit', 'commit', 'commit', 'abort'),
});

/** An entry, as it should be. */
type Row = { name: string; readonly values: number[] };

/** `target` undefined: it makes a new one. */
type Change = { readonly target: Row | undefined; readonly apply: (row: Row) => void };

/** One of two administrators, each of whom changes one thing in a transaction. */
class Party {
  readonly name: string;
  readonly script: Script;
  readonly typist: Typist;
  readonly value: number;
  /** What has become of the commit. */
  fate: 'open' | 'live' | 'refused' | 'aborted' = 'open';
  told = '';
  /** What it changes, once it has begun to. */
  change: Change | undefined;

  readonly #rows: Row[];

  /** `rows`: what is committed, which this one adds to. */
  constructor(levee: Levee, name: string, script: Script, value: number, rows: Row[]) {
    this.name = name;
    this.script = script;
    this.value = value;
    this.typist = levee.as(name);
    this.#rows = rows;
  }

  get steps(): readonly (() => Promise<void>)[] {
    const start = async (): Promise<void> => {
      await this.#type('execute config-transaction start');
    };
    return [start, () => this.#change(), () => this.#end()];
  }

  async #type(...lines: readonly string[]): Promise<string> {
    return printed(await this.typist.type(...lines));
  }

  async #change(): Promise<void> {
    const { row, change, field } = this.script;
    const lines =
      change === 'set'
        ? [`edit ${row}`, `set ${fields[field]} ${this.value}`, 'next', 'end']
        : [change === 'delete' ? `delete ${row}` : `rename ${row} to ${this.name}`, 'end'];
    // A row that the other has deleted or renamed by now can't be named any more.
    const target = this.#rows.find(({ name }) => name === row);
    const hasChanged = (await this.#type(table, ...lines)) === '';
    assert.equal(hasChanged, target !== undefined || change === 'set');
    if (hasChanged) this.change = { target, apply: (one) => this.#apply(one) };
    else await this.#type('end');
  }

  #apply(row: Row): void {
    const { change, field } = this.script;
    // Both may have deleted it.
    if (change === 'delete') this.#rows.splice(0, Infinity, ...this.#rows.filter((each) => each !== row));
    else if (change === 'rename') row.name = this.name;
    else row.values[field] = this.value;
  }

  async #end(): Promise<void> {
    if (this.script.end === 'abort') {
      await this.#type('execute config-transaction abort');
      this.fate = 'aborted';
      return;
    }
    this.told = await this.#type('execute config-transaction commit');
    this.fate = this.told === '' ? 'live' : 'refused';
    if (this.fate !== 'live' || this.change === undefined) return;
    const { target, apply } = this.change;
    const row = target ?? { name: this.script.row, values: [0, 600, 0] };
    if (target === undefined) this.#rows.push(row);
    apply(row);
  }
}

/** What both would have to say of the same thing. */
function clash(one: Script, other: Script): boolean {
  if (one.row !== other.row) return false;
  if (one.change === 'delete' || other.change === 'delete') return true;
  return one.change === other.change && (one.change === 'rename' || one.field === other.field);
}

/** All ways to take the steps of both one by one. */
function interleavings(left: number, right: number): readonly (readonly number[])[] {
  if (left === 0 || right === 0) return [[...Array(left).fill(0), ...Array(right).fill(1)]];
  return [
    ...interleavings(left - 1, right).map((turns) => [0, ...turns]),
    ...interleavings(left, right - 1).map((turns) => [1, ...turns]),
  ];
}

function namesAndValues(view: View): unknown[] {
  return view
    .rows('waf layer4-connection-flood-check-rule', null)
    .map(({ key, fields: set }) => [key, ...fields.map((name, index) => set.get(name) ?? defaults[index])]);
}

const defaults = [0, 600, 0];

async function run(ofAnna: Script, ofBert: Script, turns: readonly number[]): Promise<void> {
  const levee = new Levee();
  try {
    const start = `${table}\n${['a', 'b'].map((row) => `edit ${row}\nset block-period 100\nnext\n`).join('')}end\n`;
    assert.equal(printed(await levee.as('nobody').import(start)), '');
    const rows: Row[] = ['a', 'b'].map((name) => ({ name, values: [0, 100, 0] }));
    const parties = [new Party(levee, 'anna', ofAnna, 7, rows), new Party(levee, 'bert', ofBert, 9, rows)];
    const steps = parties.map((party) => [...party.steps]);
    /** Who has changed something before the other was live. */
    const overlapped = new Set<Party>();
    for (const turn of turns) {
      const [party, other] = [parties[turn], parties[1 - turn]];
      const step = steps[turn]?.shift();
      assert.ok(party !== undefined && other !== undefined && step !== undefined);
      const wasOpen = party.fate === 'open';
      await step();
      if (wasOpen && party.fate === 'live' && other.fate === 'open' && other.change !== undefined)
        overlapped.add(other);
    }
    for (const party of parties) {
      const other = parties.find((each) => each !== party);
      assert.ok(other !== undefined);
      if (party.script.end !== 'commit') continue;
      const isBothDelete = ofAnna.change === 'delete' && ofBert.change === 'delete';
      const wantsRefusal = overlapped.has(party) && clash(party.script, other.script) && !isBothDelete;
      assert.equal(party.fate, wantsRefusal ? 'refused' : 'live', party.told);
      if (wantsRefusal) assert.match(party.told, new RegExp(`: ${other.name} `));
    }
    assert.deepEqual(
      namesAndValues(levee.configuration.view),
      rows.map(({ name, values }) => [name, ...values]),
    );
  } finally {
    levee.close();
  }
}

suite('two administrators in transactions', () => {
  test('lose nothing of each other in whatever order they work, and are told whom they clash with', async () => {
    const orders = interleavings(3, 3);
    await fc.assert(
      fc.asyncProperty(script, script, async (ofAnna, ofBert) => {
        for (const turns of orders) await run(ofAnna, ofBert, turns);
      }),
      { numRuns: rounds(2, 20) },
    );
  });
});
