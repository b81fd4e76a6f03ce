import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { Levee } from './in-process.ts';
import { listing } from './listing.ts';
import { complaintsOf, done, held, open, party } from './party.ts';

suite('a list', () => {
  test('is set, added to, taken from, emptied and unset, and keeps its order', async (context) => {
    const typist = (await open(context)).as('admin');
    await done(typist, ...party);
    const steps: readonly (readonly [string, readonly string[]])[] = [
      ['set allowaccess ping http', ['ping', 'http']],
      ['append allowaccess ssh ping ssh', ['ping', 'http', 'ssh']],
      ['unselect allowaccess http http', ['ping', 'ssh']],
      ['select allowaccess snmp ping', ['snmp', 'ping']],
      ['clear allowaccess', []],
      ['append allowaccess ping', ['ping']],
      ['unset allowaccess', ['https', 'ssh']],
      ['append allowaccess ping', ['https', 'ssh', 'ping']],
      ['unselect allowaccess https', ['ssh', 'ping']],
    ];
    for (const [line, expected] of steps) {
      await done(typist, line);
      assert.deepEqual(await held(typist, 'allowaccess'), expected, line);
    }
  });

  test('takes words that are abbreviated or written in another way', async (context) => {
    const typist = (await open(context)).as('admin');
    await done(typist, ...party, 'app al pi', 'unsel al htt', 'sel fro 192.0.2.7/24 ::ffff:10.0.0.1');
    assert.deepEqual(await held(typist, 'allowaccess'), ['ssh', 'ping']);
    assert.deepEqual(await held(typist, 'from'), ['192.0.2.0/24', '10.0.0.1']);
    await done(typist, 'append from 192.0.2.200/24 10.0.0.1/32', 'unselect from 192.0.2.9/24');
    assert.deepEqual(await held(typist, 'from'), ['10.0.0.1']);
    await done(typist, 'cl fro');
    assert.deepEqual(await held(typist, 'from'), []);
  });

  test('points at each wrong word, with the nearest right one, and stays as it was', async (context) => {
    const typist = (await open(context)).as('admin');
    await done(typist, ...party);
    const cases: readonly (readonly [string, unknown[]])[] = [
      [
        'set allowaccess ping shh snmpp',
        [
          ['invalid-value', 'shh', 'ssh'],
          ['invalid-value', 'snmpp', 'snmp'],
        ],
      ],
      [
        'append from 10.0.0.9-10.0.0.1 ::1 1.2.3.4/33',
        [
          ['not-an-address', '10.0.0.9-10.0.0.1', null],
          ['not-an-address', '1.2.3.4/33', null],
        ],
      ],
      [
        'append friends bret dora emill',
        [
          ['not-found', 'bret', 'bert'],
          ['not-found', 'emill', 'emil'],
        ],
      ],
      [
        'unselect friends bert cral dora',
        [
          ['not-found', 'cral', 'carl'],
          ['not-found', 'dora', null],
        ],
      ],
      ['unselect from 10.0.0.1', [['not-found', '10.0.0.1', null]]],
      ['append friends bert dora emil', [['too-many', 'emil', null]]],
      ['set songs 1 2 3 4 5 6 7 8 1 9 10 11', [['too-many', '9', null]]],
      [`append songs ${'x'.repeat(31)} b`, [['too-long', 'x'.repeat(31), null]]],
      ['append size 5', [['no-list', 'size', null]]],
      ['clear siz', [['no-list', 'siz', null]]],
      ['clear fromm', [['unknown-word', 'fromm', 'from']]],
      ['select f ann', [['ambiguous-word', 'f', null]]],
      ['set size 5 6', [['unknown-word', '6', null]]],
    ];
    for (const [line, expected] of cases) assert.deepEqual(await complaintsOf(typist, line), expected, line);
    assert.deepEqual(await held(typist, 'friends'), ['bert', 'nobody', 'carl']);
    assert.deepEqual(await held(typist, 'songs'), []);
    assert.deepEqual(await held(typist, 'size'), 0);
  });

  test('that must not be empty is refused when the row is closed', async (context) => {
    const levee = await open(context);
    const typist = levee.as('admin');
    await done(typist, ...party, 'unselect hosts ann');
    assert.deepEqual(await complaintsOf(typist, 'next'), [['must-be-set', 'next', null]]);
    await done(typist, 'append hosts dora', 'next');
    const { problems } = await levee
      .as('bert')
      .import('config test party\nedit x\nset hosts nobdy\nnext\nend');
    assert.deepEqual(
      problems.map(({ error }) => error),
      ['not-found'],
      'nobody hears of it twice',
    );
  });

  test('holds what a plain list would hold, whatever is done to it', async () => {
    const words = fc.array(fc.constantFrom('1', '2', '3', '4', '05'), { minLength: 1, maxLength: 4 });
    const step = fc.record({ verb: fc.constantFrom('set', 'append', 'select', 'unselect', 'clear'), words });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const levee = new Levee(undefined, listing);
        try {
          const typist = levee.as('admin');
          await done(typist, 'config test house');
          let model: readonly number[] = [];
          for (const { verb, words: given } of steps) {
            const numbers = [...new Set(given.map(Number))];
            const next = {
              set: () => numbers,
              select: () => numbers,
              append: () => [...new Set([...model, ...numbers])],
              unselect: () =>
                numbers.every((number) => model.includes(number))
                  ? model.filter((number) => !numbers.includes(number))
                  : model,
              clear: () => [],
            }[verb]();
            const line = verb === 'clear' ? 'clear numbers' : `${verb} numbers ${given.join(' ')}`;
            const { problems } = await typist.type(line);
            const isWrong =
              next.length > 3 || (verb === 'unselect' && !numbers.every((number) => model.includes(number)));
            assert.equal(problems.length > 0, isWrong, line);
            if (!isWrong) model = next;
            const { output } = await typist.type('show full-configuration | json');
            assert.deepEqual(JSON.parse(output), { 'test house': { numbers: model } });
          }
          await done(typist, 'end');
          const row = levee.configuration.view.find('test house', null, '') ?? 0;
          const stored = levee.configuration.view.row(row)?.fields.get('numbers');
          assert.deepEqual(stored, model.length === 0 ? undefined : model);
        } finally {
          levee.close();
        }
      }),
      { numRuns: rounds(15, 60) },
    );
  });
});
