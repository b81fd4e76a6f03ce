import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Levee, printed, type Typist } from './in-process.ts';
import { done, held, open, party } from './party.ts';

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
