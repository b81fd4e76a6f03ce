import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { Levee, openLevee, printed, type Typist } from './in-process.ts';
import { listing } from './listing.ts';

const friends = ['ann', 'bert', 'carl', 'dora', 'emil'];

const base = `
config test friend
${friends.map((name) => `edit ${name}\nnext`).join('\n')}
end
config test party
  edit "birthday"
    set hosts ann
    set friends bert nobody carl
  next
end
`;

const party = ['config test party', 'edit birthday'];

function open(context: TestContext): Promise<Levee> {
  return filled(openLevee(context, undefined, listing));
}

async function filled(levee: Levee): Promise<Levee> {
  assert.equal(printed(await levee.as('nobody').import(base)), '');
  return levee;
}

async function done(typist: Typist, ...lines: readonly string[]): Promise<void> {
  assert.equal(printed(await typist.type(...lines)), '');
}

/** What the open row holds in a list, as data. */
async function held(typist: Typist, field: string): Promise<unknown> {
  const { output } = await typist.type('show full-configuration | json');
  return JSON.parse(output)['test party'][0][field];
}

async function complaintsOf(typist: Typist, line: string): Promise<unknown[]> {
  const { problems } = await typist.type(line);
  return problems.map(({ error, before, length, nearest }) => [
    error,
    line.slice(before, before + length),
    nearest,
  ]);
}

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
      { numRuns: 60 },
    );
  });
});

suite('a list of references', () => {
  test('follows its rows when they are renamed, in their order', async (context) => {
    const typist = (await open(context)).as('admin');
    await done(typist, 'config test friend', 'rename bert to robert', 'rename carl to bert', 'end', ...party);
    assert.deepEqual(await held(typist, 'friends'), ['robert', 'nobody', 'bert']);
    assert.match((await typist.type('show')).output, /set friends "robert" "nobody" "bert" \n/);
  });

  test('keeps its rows from being deleted, and is named with every other user', async (context) => {
    const levee = await open(context);
    const typist = levee.as('admin');
    await done(
      typist,
      ...party,
      'config table',
      'edit 3',
      'set friends bert dora',
      'next',
      'end',
      'next',
      'end',
    );
    const { problems } = await typist.type('config test friend', 'delete bert');
    assert.deepEqual(
      problems.map(({ error, returnCode, expected }) => [error, returnCode, expected]),
      [['in-use', -23, 'used by test party "birthday" (friends), test party "birthday" table 3 (friends)']],
    );
    const purged = await levee.as('bert').import('config test friend\npurge\nend');
    assert.deepEqual(
      purged.problems.map(({ error, message }) => [error, message]),
      ['ann', 'bert', 'carl', 'dora'].map((name) => ['in-use', `the entry '${name}' is in use`]),
    );
    await done(typist, 'delete emil', 'end');
    assert.equal(
      (await typist.type('diagnose config used-by test friend bert')).output,
      'test party "birthday" (friends)\ntest party "birthday" table 3 (friends)\n',
    );
    assert.equal((await typist.type('diagnose config unused')).output.includes('test friend'), false);
    await done(typist, ...party, 'unselect friends bert', 'config table', 'delete 3', 'end', 'end');
    assert.match((await typist.type('diagnose config unused')).output, /test friend "bert"\n/);
    await done(typist, 'config test friend', 'delete bert', 'end');
  });

  test('is copied by clone, with a share of its own', async (context) => {
    const typist = (await open(context)).as('admin');
    await done(
      typist,
      'config test party',
      'clone birthday to wedding',
      'edit wedding',
      'unselect friends bert',
    );
    await done(typist, 'next', 'edit birthday');
    assert.deepEqual(await held(typist, 'friends'), ['bert', 'nobody', 'carl']);
  });

  test('sees what is pending in the same batch', async (context) => {
    const levee = await open(context);
    const text = `config test friend
      edit zoe
      next
      rename ann to anna
    end
    config test party
      edit birthday
        append friends zoe
        unselect friends bert
      next
    end`;
    assert.equal(printed(await levee.as('admin').import(text)), '');
    assert.match(await levee.show('show test party'), /set friends "nobody" "carl" "zoe" \n/);
    assert.match(await levee.show('show test party'), /set hosts "anna" \n/);
  });

  test('of a batch with mistakes tells each once and applies nothing', async (context) => {
    const levee = await open(context);
    const before = await levee.show();
    const text = `config test friend
      edit "x${'x'.repeat(63)}"
      next
    end
    config test party
      edit birthday
        append friends emil x${'x'.repeat(63)} nob
        clear size
        append frends ann
      next
      edit wedding
        set hosts dora
      next
    end`;
    const { problems } = await levee.as('admin').import(text);
    assert.deepEqual(
      problems.map(({ error, line }) => [error, line]),
      [
        ['too-long', 2],
        ['not-found', 7],
        ['not-found', 7],
        ['no-list', 8],
        ['unknown-word', 9],
      ],
    );
    assert.equal(await levee.show(), before);
    const kept = await levee.as('admin').import(text, { keepGoing: true });
    assert.equal(kept.outcome.status, 1);
    assert.match(await levee.show(), /edit "wedding"/);
    assert.doesNotMatch(await levee.show(), /emil" /);
  });

  test('leaves out the unknown with --skip-unknown, and no known field that holds one value', async (context) => {
    const levee = await open(context);
    const text = 'config test party\nedit birthday\nappend enemies ann\nappend friends dora\nnext\nend';
    assert.equal(printed(await levee.as('admin').import(text, { skipUnknown: true })), '');
    assert.match(await levee.show(), /"carl" "dora" \n/);
    const { problems } = await levee
      .as('admin')
      .import('config test party\nedit birthday\nappend size 5\nnext\nend', { skipUnknown: true });
    assert.deepEqual(
      problems.map(({ error }) => error),
      ['no-list'],
    );
  });
});

suite('two who change a list', () => {
  const change = async (levee: Levee, name: string, ...lines: readonly string[]): Promise<Typist> => {
    const typist = levee.as(name);
    await done(typist, ...party, ...lines);
    return typist;
  };

  test('at the same time: the second is told who was first', async (context) => {
    const levee = await open(context);
    const anna = await change(levee, 'anna', 'append friends dora');
    await done(await change(levee, 'bert', 'append friends emil'), 'next');
    const { problems } = await anna.type('next');
    assert.deepEqual(
      problems.map(({ error }) => error),
      ['conflict'],
    );
    assert.match(problems[0]?.expected ?? '', /^test party "birthday", friends: bert changed it since/);
    assert.match(await levee.show(), /"carl" "emil" \n/);
  });

  test('each another list of one row: both are taken', async (context) => {
    const levee = await open(context);
    const anna = await change(levee, 'anna', 'append friends dora');
    await done(await change(levee, 'bert', 'append hosts emil'), 'next');
    await done(anna, 'next');
    assert.match(
      await levee.show(),
      /set friends "bert" "nobody" "carl" "dora" \n {4}set hosts "ann" "emil" \n/,
    );
  });

  test('where one deletes what the other has just put into it', async (context) => {
    const levee = await open(context);
    const anna = await change(levee, 'anna', 'append friends dora');
    await done(levee.as('bert'), 'config test friend', 'delete dora', 'end');
    const { problems } = await anna.type('next');
    assert.deepEqual(
      problems.map(({ error }) => error),
      ['conflict'],
    );
    assert.match(problems[0]?.expected ?? '', /friends: bert deleted it since/);
  });
});
