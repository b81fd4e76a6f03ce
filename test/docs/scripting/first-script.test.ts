import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { newState, policyText } from '../../commands/levee.ts';
import { freePort, startMember } from '../../enforcer/member.ts';
import { pages } from './pages.ts';

const index = pages.get('docs/scripting/README.md') ?? '';
const launcher = join(import.meta.dirname, '..', '..', '..', 'bin', 'levee');

test('the first script can be pasted, and its line is in the event log', async (context) => {
  const [, pasted = ''] = /^```sh\n(.*?)^```$/ms.exec(index) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'levee-first-script-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const member = await startMember(context);
  const state = newState(context);
  assert.equal((await state.run(['import', '-'], policyText(await freePort(), member.port, 10))).stderr, '');
  await state.daemon();
  const commands = pasted.replaceAll('bin/levee', `'${launcher}'`).replace('=.levee', `='${state.path}'`);
  assert.notEqual(commands, pasted);
  const { stdout, stderr } = spawnSync('sh', ['-e', '-c', commands], { cwd: folder, encoding: 'utf8' });
  assert.equal(stderr, '');
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  assert.match(last, / msg="127\.0\.0\.1 holds 1" policy="web" script="greet" occasion=TCP_ACCEPTED/);
});
