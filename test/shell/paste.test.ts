import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { newState } from '../running/levee.ts';
import { noPseudoTerminal, PseudoTerminal } from '../terminal/pseudo-terminal.ts';

/** 500 lines: five for each of 99 rules, and five around them. */
function ruleLines(wrong: boolean): string[] {
  const rules = Array.from({ length: 99 }, (_, at) => [
    `edit "Rule ${at}?"`,
    `set layer4-connection-threshold ${at === 49 && wrong ? 70_000 : at + 1}`,
    'set action alert_deny',
    'set severity High',
    'next',
  ]);
  return ['# pasted', '', 'config waf layer4-connection-flood-check-rule', ...rules.flat(), '', 'end'];
}

function pasted(lines: readonly string[]): string {
  return `\x1b[200~${lines.join('\r')}\r\x1b[201~`;
}

suite('paste into levee on a pseudo-terminal', { skip: noPseudoTerminal }, () => {
  test('500 lines with a mistake in the middle: its line, and nothing is applied; without it all are', async (context) => {
    const state = newState(context);
    const levee = new PseudoTerminal(100, 30, {}, state.command([]));
    await levee.has('Levee # █');
    levee.type('\f');
    await levee.shows('Levee # █');
    const wrong = ruleLines(true);
    assert.equal(wrong.length, 500);
    levee.type(pasted(wrong));
    await levee.shows(
      'Levee # [500 lines pasted]',
      `pasted:${wrong.indexOf('set layer4-connection-threshold 70000') + 1}:33: value parse error before '70000'`,
      '    set layer4-connection-threshold 70000',
      '                                    ^^^^^ an integer from 0 to 65536',
      'Command fail. Return code -651',
      '1 error: nothing was applied',
      'Levee # █',
    );
    levee.type('show | count\r');
    await levee.has('Levee # show | count\n5\nLevee # █');
    levee.type(`\f${pasted(ruleLines(false))}show waf l | grep -c "Rule"\r`);
    await levee.shows(
      'Levee # [500 lines pasted]',
      'applied as revision 1: 99 entries added',
      'Levee # show waf l | grep -c "Rule"',
      '99',
      'Levee # █',
    );
    levee.type('exit\r');
    assert.deepEqual(await levee.end(), { status: 0, cooked: true });
    const { stdout } = await state.here(['-c', 'show waf layer4-connection-flood-check-rule "Rule 98?"']);
    assert.match(stdout, /edit "Rule 98\?"\n {4}set layer4-connection-threshold 99\n/);
  });
});
