import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { newState, policyText } from '../running/levee.ts';

function scripting(text: string): string {
  return `config server-policy scripting
edit guard
set script '${text}'
next
end
config server-policy policy
edit web
set scripting enable
set scripting-list guard
next
end
`;
}

test('a script of the configuration takes part in connections, blocks over a restart, and is told of in the log', async (context) => {
  const state = newState(context);
  const member = await startMember(context);
  const port = await freePort();
  const configure = async (text: string): Promise<void> => {
    const { status, stderr } = await state.here([], text);
    assert.deepEqual([status, stderr], [0, '']);
  };
  const outcome = async (): Promise<string> => {
    const client = new Client('127.0.0.1', port);
    context.after(() => client.socket.destroy());
    return client.outcome;
  };
  const log = (): string => readFileSync(join(state.path, 'log', 'event.log'), 'utf8');

  await configure(policyText(port, member.port, 100));
  const first = await state.daemonHere();
  assert.equal(await outcome(), 'admitted');
  await configure(
    scripting('when TCP_ACCEPTED { log("from %s", IP:client_addr())\n  local none = nil + 1 }'),
  );
  assert.equal(await outcome(), 'admitted');
  // On a busy machine a third one may say that the scripts had to wait.
  await until('both are in the log', () => /log_id=11000020/.test(log()) && /log_id=11000011/.test(log()));
  assert.match(
    log(),
    /pri=information .*action=script status=success msg="from 127\.0\.0\.1" policy="web" script="guard" occasion=TCP_ACCEPTED/,
  );
  assert.match(
    log(),
    /pri=error .*action=script status=failure msg="script \\"guard\\", line 2, in policy \\"web\\": attempt to perform arithmetic on a nil value" policy="web" script="guard" line=2/,
  );

  await configure(scripting('when TCP_ACCEPTED { if TCP:count() > 2 then TCP:block(600) end }'));
  await outcome();
  const listed = async (): Promise<readonly string[]> => {
    const { stdout } = await state.here(['-c', 'diagnose policy period-blockip list | json']);
    return JSON.parse(stdout).map(
      ({ policy, source }: { policy: string; source: string }) => `${policy} ${source}`,
    );
  };
  await until('it is blocked', async () => (await listed()).length > 0);
  assert.deepEqual(await listed(), ['web 127.0.0.1']);
  assert.equal(await outcome(), 'reset');
  await first.stop();
  await state.daemonHere();
  assert.deepEqual(await listed(), ['web 127.0.0.1']);
  assert.equal(await outcome(), 'reset');
  await until('the refusal is in the attack log', () =>
    readFileSync(join(state.path, 'log', 'attack.log'), 'utf8').includes('Script Block'),
  );
  const lifted = await state.here(['-c', 'diagnose policy period-blockip delete web 127.0.0.1']);
  assert.deepEqual([lifted.status, lifted.stderr], [0, '']);
  assert.equal(await outcome(), 'admitted');
});
