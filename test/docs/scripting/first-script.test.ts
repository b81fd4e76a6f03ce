import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startMember } from '../../network/member.ts';
import { freePort } from '../../network/ports.ts';
import { until } from '../../running/condition.ts';
import { temporaryFolder } from '../../running/folder.ts';
import { launcher, newState, policyText } from '../../running/levee.ts';
import { pages } from './pages.ts';

const index = pages.get('docs/scripting/README.md') ?? '';

test('the first script can be pasted, and its line is in the event log', async (context) => {
  const [, pasted = ''] = /^```sh\n(.*?)^```$/ms.exec(index) ?? [];
  const folder = temporaryFolder(context);
  const member = await startMember(context);
  const state = newState(context);
  assert.equal((await state.here(['import', '-'], policyText(await freePort(), member.port, 10))).stderr, '');
  await state.daemonHere();
  const commands = pasted.replaceAll('bin/levee', `'${launcher}'`).replace('=.levee', `='${state.path}'`);
  assert.notEqual(commands, pasted);
  const lines = commands.trimEnd().split('\n');
  const run = (script: string) => promisify(execFile)('sh', ['-e', '-c', script], { cwd: folder });
  assert.equal((await run(lines.slice(0, -1).join('\n'))).stderr, '');
  const [, last = ''] = /-c '(.*)'$/.exec(lines.at(-1) ?? '') ?? [];
  const written = / msg="127\.0\.0\.1 holds 1" policy="web" script="greet" occasion=TCP_ACCEPTED/;
  // The log is written behind the connections: somebody who types is slower than it.
  await until('the log has it', async () => written.test((await state.here(['-c', last])).stdout));
});
