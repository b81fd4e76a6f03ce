import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { effective } from './effective.ts';
import { catalogue, Levee, printed } from './in-process.ts';

const triggers = 'log trigger-policy';
const rules = 'waf layer4-connection-flood-check-rule';
const preventions = 'waf application-layer-dos-prevention';
const lists = 'waf ip-list';
const tables = [triggers, rules, preventions, lists];

/** Few names, so that entries take those of each other. */
const names = ['a', 'b', 'c', 'd'];
const name = fc.constantFrom(...names);
const table = fc.constantFrom(...tables);

/** One thing that is done to a configuration; what does not fit is refused and changes nothing. */
const step: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.tuple(table, name).map(([of, key]) => [`config ${of}`, `edit ${key}`, 'next', 'end']),
  fc.tuple(table, name).map(([of, key]) => [`config ${of}`, `delete ${key}`, 'end']),
  fc.tuple(table, name, name).map(([of, key, to]) => [`config ${of}`, `rename ${key} to ${to}`, 'end']),
  // Two names that change places.
  fc
    .tuple(table, name, name)
    .map(([of, one, other]) => [
      `config ${of}`,
      `rename ${one} to between`,
      `rename ${other} to ${one}`,
      `rename between to ${other}`,
      'end',
    ]),
  fc
    .tuple(table, name, fc.constantFrom('before', 'after'), name)
    .map(([of, key, side, other]) => [`config ${of}`, `move ${key} ${side} ${other}`, 'end']),
  fc
    .tuple(
      name,
      fc.oneof(
        name.map((trigger) => `set trigger-policy ${trigger}`),
        fc.constant('unset trigger-policy'),
      ),
    )
    .map(([key, line]) => [`config ${rules}`, `edit ${key}`, line, 'next', 'end']),
  fc
    .tuple(name, fc.nat({ max: 3 }))
    .map(([key, threshold]) => [
      `config ${rules}`,
      `edit ${key}`,
      `set layer4-connection-threshold ${threshold}`,
      'next',
      'end',
    ]),
  fc
    .tuple(name, name)
    .map(([key, rule]) => [
      `config ${preventions}`,
      `edit ${key}`,
      `set layer4-connection-flood-check-rule ${rule}`,
      'next',
      'end',
    ]),
  fc
    .tuple(
      name,
      fc.oneof(
        fc
          .tuple(fc.integer({ min: 1, max: 3 }), fc.nat({ max: 2 }))
          .map(([at, ip]) => [`edit ${at}`, 'set type black-ip', `set ip 192.0.2.${ip}`, 'next']),
        fc.integer({ min: 1, max: 3 }).map((at) => [`delete ${at}`]),
        fc
          .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }))
          .map(([at, to]) => [`rename ${at} to ${to}`]),
        fc
          .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
          .map(([at, other]) => [`move ${at} before ${other}`]),
      ),
    )
    .map(([key, lines]) => [
      `config ${lists}`,
      `edit ${key}`,
      'config members',
      ...lines,
      'end',
      'next',
      'end',
    ]),
);

/** Every name in every table, each entry with one that it refers to. */
const full = [
  [triggers, () => ''],
  [rules, (key: string) => `set trigger-policy ${key}\n`],
  [preventions, (key: string) => `set layer4-connection-flood-check-rule ${key}\n`],
  [lists, () => 'config members\nedit 1\nset ip 192.0.2.1\nnext\nedit 2\nset ip 192.0.2.2\nnext\nend\n'],
] as const;

const start = full
  .map(
    ([of, fields]) =>
      `config ${of}\n${names.map((key) => `edit ${key}\n${fields(key)}next\n`).join('')}end\n`,
  )
  .join('');

async function taken(levee: Levee, steps: readonly (readonly string[])[]): Promise<void> {
  const typist = levee.as('anna');
  for (const lines of steps)
    for (const line of lines) {
      const { outcome, problems } = await typist.type(line);
      if (problems.length === 0) continue;
      for (let leave = outcome.leave; leave !== null; ) leave = (await typist.type(leave)).outcome.leave;
      break;
    }
}

test('the commands of a difference lead from one configuration to the other, whatever has changed', async () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(steps, steps, async (before, after) => {
      const [first, second] = [new Levee(), new Levee()];
      try {
        assert.equal(printed(await first.as('anna').import(start)), '');
        await taken(first, before);
        const one = first.configuration.view.revision;
        const shown = await first.show('show');
        const was = effective(first.configuration.view, catalogue);
        await taken(first, after);
        const other = first.configuration.view.revision;
        const is = effective(first.configuration.view, catalogue);
        assert.equal(printed(await second.as('bert').import(shown)), '', shown);
        for (const [from, to, wanted] of [
          [one, other, is],
          [other, one, was],
        ]) {
          const commands = await first.show(`execute revision diff ${from} ${to} | commands`);
          const reply = await second.as('bert').import(commands);
          assert.equal(printed(reply), '', commands);
          assert.deepEqual(effective(second.configuration.view, catalogue), wanted, commands);
        }
      } finally {
        first.close();
        second.close();
      }
    }),
    { numRuns: rounds(5, 100) },
  );
});
