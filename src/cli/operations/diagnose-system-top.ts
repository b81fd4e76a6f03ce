import { missingPermission } from '../../model/permission.ts';
import type { System } from '../../system/system.ts';
import { messageOf } from '../../text/reason.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { blockKey, blockLength, liftKey, sourceIn, type TopMoment, topView } from '../live/top.ts';
import { runningSystem } from '../operands/policy.ts';
import { liveLines } from '../printing/live-lines.ts';
import type { Context } from '../session/context.ts';
import { actionIn, type LiveView } from '../session/live-view.ts';

/** Milliseconds between two views, and as many times what it takes to find out what there is. */
const interval = 1000;
const share = 9;
/** Milliseconds for which it is said what came of a key. */
const readable = 5000;
/** Sources that are shown. */
const mostHolding = 50;
const mostRefused = 20;
const mostBlocked = 100;

const acting = { area: 'traroutegrp', access: 'w' } as const;

export default {
  verb: 'diagnose',
  words: ['system', 'top'],
  parameters: '',
  help: 'Show policies, sources, blocks and members as they change; at a terminal keys sort, filter, block and lift',
  requires: { area: 'traroutegrp', access: 'r' },
  api: 'console',
  suggest: () => [],
  async run(context, [extra]): Promise<Faults> {
    if (extra !== undefined) return [superfluous(extra)];
    const running = runningSystem(context);
    if ('fault' in running) return [running.fault];
    const { system } = running;
    const { live, client } = context;
    let now = await momentOf(system);
    if (live === undefined) {
      const view = viewOf(context, now, null, '');
      context.print({ lines: liveLines(view), data: () => view });
      return done;
    }
    let before: TopMoment | null = null;
    let remark = '';
    let remarked = 0;
    while (!client.signal.aborted) {
      // Of a terminal that was stopped, or is far away: it must not fill this process.
      await client.drained();
      const view = viewOf(context, now, before, remark);
      const answer = await live(view, Math.max(interval, now.took * share));
      if (answer !== null) remark = act(context, system, answer);
      const next = await momentOf(system);
      if (answer !== null) remarked = next.time;
      else if (next.time - remarked > readable) remark = '';
      // Rates are over a whole interval, also where a key was pressed within it.
      if (before === null || next.time - now.time >= interval / 2) before = now;
      now = next;
    }
    return done;
  },
} satisfies Operation;

async function momentOf(system: System): Promise<TopMoment> {
  const time = performance.now();
  const measured = await system.measure(null);
  const holding = await system.sources(null, mostHolding, 'open');
  const refused = await system.sources(null, mostRefused, 'refused');
  const blocked = await system.sources(null, mostBlocked, 'blocked');
  const known = new Set(holding.map(({ policy, source }) => `${source} ${policy}`));
  const more = refused.filter(({ policy, source }) => !known.has(`${source} ${policy}`));
  return {
    time,
    measured,
    sources: [...holding, ...more],
    blocked: blocked.filter((source) => source.blocked > 0),
    took: performance.now() - time,
  };
}

function viewOf({ model }: Context, now: TopMoment, before: TopMoment | null, remark: string): LiveView {
  return topView(now, before, { mayAct: missingPermission(model, acting) === undefined, remark });
}

/** Does what a key asks for. Returns what came of it. */
function act({ model }: Context, system: System, answer: string): string {
  const action = actionIn(answer);
  const row = action && sourceIn(action.id);
  if (row === null) return '';
  if (missingPermission(model, acting) !== undefined) return 'your access profile no longer permits that';
  const { policy, source } = row;
  try {
    if (action?.key === blockKey)
      return blocked(system.orderBlock(policy, source, blockLength, model.author), source);
    if (action?.key === liftKey) {
      const outcome = system.liftBlock(policy, source, model.author);
      return outcome === 'lifted' ? `${source} is no longer blocked` : `${source} is not blocked`;
    }
    return '';
  } catch (error) {
    return messageOf(error);
  }
}

function blocked(outcome: ReturnType<System['orderBlock']>, source: string): string {
  switch (outcome) {
    case 'blocked':
      return `${source} is blocked for ${blockLength} s`;
    case 'monitor-mode':
      return 'the policy is in monitor-mode, which blocks nobody';
    case 'trusted':
      return `the IP list of the policy trusts ${source}`;
    case 'full':
      return 'the sources table is full';
    case 'no-address':
    case 'other-prefix':
      return `${source} is not what the policy counts as one source now`;
  }
}
