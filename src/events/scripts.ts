import { counted } from '../text/plural.ts';
import { defineEvent } from './descriptor.ts';

// What scripts on connections say, and what is said of them.

type Script = { readonly policy: string; readonly script: string };
type Reason = { readonly reason: string };

/** `line`: 0 where it is not known. */
export const scriptFailed = defineEvent({
  type: 'script-failed',
  id: '11000011',
  level: 'error',
  action: 'script',
  isFailure: true,
  isExpected: true,
  text: ({ policy, script, line, reason }: Script & Reason & { readonly line: number }) =>
    `script "${script}"${line === 0 ? '' : `, line ${line},`} in policy "${policy}": ${reason}`,
  details: { policy: ({ policy }) => policy, script: ({ script }) => script, line: ({ line }) => line },
});

/** `occasion`: the event of the connection in which it was said. */
export const scriptSaid = defineEvent({
  type: 'script-said',
  id: '11000020',
  level: ({ isDebug }) => (isDebug ? 'debug' : 'information'),
  action: 'script',
  isExpected: true,
  text: ({ message }: Script & Remark) => message,
  details: {
    policy: ({ policy }) => policy,
    script: ({ script }) => script,
    occasion: ({ occasion }) => ({ word: occasion }),
  },
});

type Remark = { readonly occasion: string; readonly isDebug: boolean; readonly message: string };

/** It does nothing any more, until it or its policy is changed. `script`: '' for all of the policy. */
export const scriptSwitchedOff = defineEvent({
  type: 'script-switched-off',
  id: '11000021',
  level: 'alert',
  action: 'script',
  isFailure: true,
  text: ({ policy, script, reason }: Script & Reason) =>
    `${script === '' ? 'the scripts' : `script "${script}"`} in policy "${policy}": ${reason}`,
  details: { policy: ({ policy }) => policy, script: ({ script }) => script },
});

/** What scripts have lost: their state, or lines of theirs. */
export const scriptNotice = defineEvent({
  type: 'script-notice',
  id: '11000022',
  level: 'warning',
  action: 'script',
  isFailure: true,
  text: ({ policy, reason }: { readonly policy: string } & Reason) =>
    `the scripts in policy "${policy}": ${reason}`,
  details: { policy: ({ policy }) => policy },
});

/** Their timers and connections wait when they have had their share. `rests`: since the last such event. */
export const scriptsWaited = defineEvent({
  type: 'scripts-waited',
  id: '11000043',
  level: 'warning',
  action: 'script',
  isFailure: true,
  text: ({ policy, worker, rests }: Wait) =>
    `the scripts in policy "${policy}" took half of the time of worker ${worker}, and had to wait ${counted(rests, 'time')}`,
  details: {
    policy: ({ policy }) => policy,
    worker: ({ worker }) => worker,
    count: ({ rests }) => rests,
  },
});

type Wait = { readonly policy: string; readonly worker: number; readonly rests: number };
