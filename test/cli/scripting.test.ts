import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import type { Answer, Outcome } from '../../src/cli/session/session.ts';
import { quote } from '../../src/text/quote.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { type Levee, openLevee, printed, type Typist } from './in-process.ts';

const table = 'server-policy scripting';

function textOf({ configuration: { view } }: Levee, name: string): unknown {
  const id = view.find(table, null, name);
  return id === undefined ? undefined : view.row(id)?.fields.get('script');
}

const lineEnds = fc.constantFrom('\n', '\r\n', '\r', '\n\n', ' \t\n');
const remarks = fc
  .string({ unit: fc.constantFrom(...'"\'\\{}[]#?| \té漢😀=') })
  .map((text) => `-- : ${text}`);

/** Lines that are no mistake, with quotes and backslashes, whatever their ends. */
const fillings = fc
  .array(fc.tuple(fc.oneof(remarks, fc.constant('x = "\\"{\\\\"')), lineEnds))
  .map((lines) => lines.flat().join(''));

const spellings: readonly ((text: string) => string)[] = [
  quote,
  (text) => (text.includes("'") ? quote(text) : `'${text}'`),
  (text) => `"${text.replace(/["\\]/g, '\\$&')}"`,
];

suite('a script that is set', () => {
  test('is kept as it was entered, with every line end a newline', async (context) => {
    const levee = openLevee(context);
    const sample = fc.tuple(fillings, fillings, fc.constantFrom(...spellings));
    await fc.assert(
      fc.asyncProperty(sample, async ([inside, outside, spelled]) => {
        const text = `when TCP_CLOSED {\r\n${inside}}\n${outside}`;
        const reply = await levee
          .as('ann')
          .import(`config ${table}\nedit a\nset script ${spelled(text)}\nnext\nend\n`);
        assert.equal(printed(reply), '');
        assert.equal(textOf(levee, 'a'), text.replace(/\r\n|\n\r|\r/g, '\n'));
      }),
      { numRuns: rounds(12, 100) },
    );
  });

  test('has its mistake marked in the text that was entered, however that is quoted', async (context) => {
    const ann = openLevee(context).as('ann');
    const tails = fc.constantFrom(
      { tail: 'x = "é😀" .. ) }', found: ')' },
      { tail: "x = '\\\\' goto }", found: '}' },
      { tail: "f() = '\"'; }", found: '=' },
    );
    const sample = fc.tuple(fillings, tails, fc.constantFrom(...spellings));
    await fc.assert(
      fc.asyncProperty(sample, async ([before, { tail, found }, spelled]) => {
        const text = `when TCP_CLOSED { ${before}; ${tail}`;
        const head = `config ${table}\nedit a\nset script `;
        const whole = `${head}${spelled(text)}\nend\n`;
        const reply = await ann.import(whole);
        const [problem, ...more] = reply.problems;
        assert.ok(problem !== undefined && more.length === 0, text);
        const { error, line, column, text: shown, before: skipped, length } = problem;
        assert.equal(error, 'invalid-script');
        assert.equal([...String(shown)].slice(skipped, skipped + length).join(''), found);
        const offset = whole.lastIndexOf(found);
        const above = whole.slice(0, offset).split('\n');
        assert.deepEqual([line, column], [above.length, [...(above.at(-1) ?? '')].length + 1]);
        assert.match(problem.message, new RegExp(`before '${RegExp.escape(found)}'$`));
      }),
      { numRuns: rounds(12, 100) },
    );
  });

  test('is refused where a quote inside has ended it', async (context) => {
    const ann = openLevee(context).as('ann');
    const line = 'set script "when TCP_CLOSED { log("gone") }"';
    const { problems } = await ann.type(`config ${table}`, 'edit a', line);
    const [problem, ...more] = problems;
    assert.ok(problem !== undefined && more.length === 0);
    assert.equal(problem.error, 'invalid-value');
    assert.equal(line.slice(problem.before, problem.before + problem.length), 'g');
    assert.match(problem.expected, /write \\" for a quote inside/);
  });

  test('tells no more than twenty mistakes', async (context) => {
    const ann = openLevee(context).as('ann');
    const script = 'when NEVER {}\n'.repeat(100);
    const { problems } = await ann.type(`config ${table}`, 'edit a', `set script ${quote(script)}`);
    assert.equal(problems.length, 20);
  });
});

/** Runs a command and says this of the file that it wants. */
async function load(
  { session }: Typist,
  command: string,
  answer: Answer | 'interrupt',
): Promise<{ readonly outcome: Outcome; readonly wanted: readonly string[]; readonly told: string }> {
  const wanted: string[] = [];
  let told = '';
  const outcome = await session.execute(command, (part) => {
    if (part.kind === 'notice' || part.kind === 'output') told += part.text;
    if (part.kind === 'problem') told += `${part.problem.message}: ${part.problem.expected}\n`;
    if (part.kind !== 'file-wanted') return;
    wanted.push(`${part.name} ${part.longest}`);
    if (answer === 'interrupt') session.interrupt();
    else session.answer(answer);
  });
  return { outcome, wanted, told };
}

suite('execute scripting load', () => {
  const good = 'when TCP_CLOSED {\r\n}\r\n';
  const command = 'execute scripting load limit "my file.lua"';

  test('asks the client for its file, and makes or replaces the script', async (context) => {
    const levee = openLevee(context);
    const ann = levee.as('ann');
    const created = await load(ann, command, good);
    assert.deepEqual(created.wanted, ['my file.lua 65536']);
    assert.equal(created.told, 'created server-policy scripting "limit"\n');
    assert.equal(textOf(levee, 'limit'), 'when TCP_CLOSED {\n}\n');
    await ann.type(`config ${table}`, 'edit limit', 'set comment kept', 'end');
    const replaced = await load(ann, command, '-- nothing');
    assert.equal(replaced.told, 'replaced server-policy scripting "limit"\n');
    assert.match(await levee.show(), /set script "-- nothing"\n {4}set comment "kept"/);
  });

  const refused: readonly (readonly [string, Answer | 'interrupt', RegExp])[] = [
    ['that can not be read', { reason: 'no such file' }, /can't read 'my file.lua': no such file\n$/],
    ['that the client knows nothing of', null, /can't read 'my file.lua': it was not read\n$/],
    ['that is waited for in vain', 'interrupt', /it was not read\n$/],
    ['that is empty', '', /it is empty\n$/],
    ['that is too long', 'x'.repeat(65_537), /not a script of 1 to 65536 bytes/],
    ['that is no script', 'when TCP_CLOSED {', /^script parse error at line 1, column 17/],
  ];
  for (const [what, answer, told] of refused) {
    test(`keeps nothing of a file ${what}`, async (context) => {
      const levee = openLevee(context);
      const reply = await load(levee.as('ann'), command, answer);
      assert.match(reply.told, told);
      assert.equal(reply.outcome.status, 1);
      assert.equal(levee.configuration.view.revision, 0);
    });
  }

  test('wants no file where the administrator may not write, or the name is none', async (context) => {
    const levee = await withReader(context);
    const reader = levee.asAdministrator('eve');
    const forbidden = await load(reader, command, good);
    assert.deepEqual([forbidden.wanted, forbidden.outcome.status], [[], 1]);
    const checked = await load(reader, 'execute scripting check "my file.lua"', good);
    assert.equal(checked.told, 'my file.lua: nothing is wrong\n');
    const misnamed = await load(levee.as('ann'), 'execute scripting load "a b" c', good);
    assert.deepEqual([misnamed.wanted, misnamed.outcome.status], [[], 1]);
  });
});

/** With an administrator who may see policies and no more. */
async function withReader(context: TestContext): Promise<Levee> {
  const levee = openLevee(context);
  const lines = [
    'config system accprofile\nedit seer\nset traroutegrp r\nset filegrp r\nnext\nend',
    'config system admin\nedit eve\nset access-profile seer\nset password "a long Passw0rd!"\nnext\nend',
  ];
  assert.equal(printed(await levee.as('ann').type(...lines)), '');
  return levee;
}
