import type { Word } from '../../../grammar/word.ts';
import { mayDoEverything } from '../../access/permissions.ts';
import type { SharedConfiguration } from '../../system/shared-configuration.ts';
import { messageOf } from '../../text/reason.ts';
import { done, type Fault, type Faults } from '../faults/problem.ts';
import type { Context } from '../session/context.ts';
import { runningSystemAlone } from './policy.ts';
import { outsideTransaction } from './transaction.ts';

/**
 * Does something about the configuration that nodes have in common, of which every table may change: for whoever may
 * change them all.
 */
export async function withSharedConfiguration(
  context: Context,
  parameters: readonly Word[],
  work: (configuration: SharedConfiguration) => Promise<void>,
): Promise<Faults> {
  const running = runningSystemAlone(context, parameters);
  if ('fault' in running) return [running.fault];
  const { transactions, model } = context;
  const within = outsideTransaction(transactions);
  if (within !== undefined) return [within];
  if (!mayDoEverything(model.permissions)) return [everything];
  try {
    await work(running.system.sharedConfiguration);
    return done;
  } catch (error) {
    const expected = 'nodes that share their configuration: "diagnose cluster status" says how it stands';
    return [{ error: 'operation-failed', word: messageOf(error), expected }];
  }
}

const everything: Fault = {
  error: 'permission',
  word: '',
  expected: '"rw" on everything in your access profile',
};
