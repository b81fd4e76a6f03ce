import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
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

/** One of two administrators, each of whom changes one thing in a transaction. */
class Party {
  readonly name: string;
  readonly script: Script;
  readonly typist: Typist;
  readonly value: number;
  /** What has become of the commit. */
  fate: 'open' | 'live' | 'refused' | 'aborted' = 'open';
  told = '';
  hasChanged = false;

  constructor(levee: Levee, name: string, script: Script, value: number) {
    this.name = name;
    this.script = script;
    this.value = value;
    this.typist = levee.as(name);
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
    this.hasChanged = (await this.#type(table, ...lines)) === '';
    if (!this.hasChanged) await this.#type('end');
  }

  async #end(): Promise<void> {
    if (this.script.end === 'abort') {
      await this.#type('execute config-transaction abort');
      this.fate = 'aborted';
      return;
    }
    this.told = await this.#type('execute config-transaction commit');
    this.fate = this.told === '' ? 'live' : 'refused';
  }
}

/** What both would have to say of the same thing. */
function clash(one: Script, other: Script): boolean {
  if (one.row !== other.row) return false;
  if (one.change === 'delete' || other.change === 'delete') return true;
  return one.change === other.change && (one.change === 'rename' || one.field === other.field);
}

suite('two administrators in transactions', () => {
  test('lose nothing of each other in whatever order they work, and are told whom they clash with', async () => {
    const order = fc.shuffledSubarray([0, 0, 0, 1, 1, 1], { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(script, script, order, async (ofAnna, ofBert, turns) => {
        const levee = new Levee();
        try {
          const start = `${table}\n${['a', 'b'].map((row) => `edit ${row}\nset block-period 100\nnext\n`).join('')}end\n`;
          assert.equal(printed(await levee.as('nobody').import(start)), '');
          const parties = [new Party(levee, 'anna', ofAnna, 7), new Party(levee, 'bert', ofBert, 9)];
          const steps = parties.map((party) => [...party.steps]);
          const ended: Party[] = [];
          /** Began to change before the other was live. */
          const begun = new Set<Party>();
          const overlapped = new Set<Party>();
          for (const turn of turns) {
            const party = parties[turn];
            const step = steps[turn]?.shift();
            assert.ok(party !== undefined && step !== undefined);
            if (steps[turn]?.length === 1 && ended.every(({ fate }) => fate !== 'live')) begun.add(party);
            await step();
            if (party.fate === 'open') continue;
            ended.push(party);
            const other = parties[1 - turn];
            if (party.fate === 'live' && other?.fate === 'open' && begun.has(other)) overlapped.add(other);
          }
          for (const party of parties) {
            const other = parties.find((each) => each !== party);
            assert.ok(other !== undefined);
            const isSecond = overlapped.has(party) && other.fate === 'live';
            const isBothDelete = ofAnna.change === 'delete' && ofBert.change === 'delete';
            const wantsRefusal = isSecond && clash(party.script, other.script) && !isBothDelete;
            if (party.script.end !== 'commit') continue;
            assert.equal(party.fate, wantsRefusal ? 'refused' : 'live', party.told);
            if (wantsRefusal) assert.match(party.told, new RegExp(`: ${other.name} `));
          }
          const shown = await levee.show(table.replace('config', 'show full-configuration'));
          const live = parties.filter(({ fate }) => fate === 'live');
          const isDeleted = (row: string): boolean =>
            live.some(({ script: { change, row: deleted } }) => change === 'delete' && deleted === row);
          for (const { script: made, value, name, hasChanged } of live) {
            if (isDeleted(made.row) || !hasChanged) continue;
            if (made.change === 'rename') assert.match(shown, new RegExp(`edit "${name}"`));
            // Whoever begins when the other is live may set what they have set.
            if (made.change === 'set' && overlapped.size > 0)
              assert.match(shown, new RegExp(`set ${fields[made.field]} ${value}\n`));
          }
        } finally {
          levee.close();
        }
      }),
      { numRuns: rounds(25, 400) },
    );
  });
});
