import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { language, openLevee, type Typist } from './in-process.ts';

/** The word at which a line is wrong, and what may have been meant. */
async function judged(typist: Typist, line: string): Promise<readonly [string, string | null]> {
  const [problem] = (await typist.type(line)).problems;
  assert.ok(problem !== undefined, line);
  const { text, before, length, nearest } = problem;
  return [[...(text ?? '')].slice(before, before + length).join(''), nearest];
}

suite('words that mean something elsewhere', () => {
  test('are told with the command that is meant here, or that they leave open', async (context) => {
    const ann = openLevee(context).as('ann');
    for (const [line, word, meant] of [
      ['execute reboot', 'reboot', 'restart hot'],
      ['execute revision revert 3', 'revert', 'rollback'],
      ['execute revision lst', 'lst', 'list'],
      ['execute flood-test web', 'flood-test', 'diagnose policy flood-test'],
      ['execute flod-test web', 'flod-test', 'diagnose policy flood-test'],
      ['diagnose policy unblock', 'unblock', 'period-blockip delete'],
      ['ping 192.0.2.1', 'ping', 'execute ping'],
      ['quit', 'quit', 'exit'],
      ['show policy', 'policy', 'server-policy policy'],
      ['show system status', 'status', 'get system status'],
      ['get revision list', 'revision', 'execute revision'],
      ['diagnose policy flood-test web 20', '20', 'connections'],
      ['execute transaction start', 'transaction', 'config-transaction'],
      ['diagnose policy test web', 'test', 'flood-test'],
      ['show waf rule', 'rule', 'layer4-connection-flood-check-rule'],
      ['show waf check', 'check', 'layer4-connection-flood-check-rule'],
      ['execute list', 'list', null],
      ['status', 'status', null],
      ['show frobnicate', 'frobnicate', null],
      ['save', 'save', null],
      ['diagnose policy period-blockip add web 192.0.2.1 seconds 30', 'seconds', null],
      ['execute ping -c 3 localhost', '-c', null],
    ] as const)
      assert.deepEqual(await judged(ann, line), [word, meant], line);
    await ann.type('config waf layer4-connection-flood-check-rule\nedit web');
    assert.deepEqual(await judged(ann, 'action alert'), ['action', 'set action']);
    assert.deepEqual(await judged(ann, 'save'), ['save', 'end']);
  });

  test('each name from elsewhere is of one command, and none of ours', () => {
    const operations = language.operations();
    const ofOperations = operations.flatMap(({ alsoCalled = [] }) => alsoCalled);
    const ofVerbs = language.verbs().flatMap(({ alsoCalled }) => alsoCalled);
    const names = [...ofOperations, ...ofVerbs];
    assert.ok(ofOperations.length > 0 && ofVerbs.length > 0);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      language.verbs().filter(({ verb }) => names.includes(verb)),
      [],
    );
  });
});
