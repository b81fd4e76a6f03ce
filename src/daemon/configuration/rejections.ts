import type { CommitReply, Objection, Rejection } from '../../system/configuration.ts';
import { quote } from '../../text/quote.ts';

export function asRejection(objection: Objection): Rejection {
  return { kind: 'objection', objection };
}

/** The reply to a commit of which nothing was done. */
export function nothingDone(rejections: readonly Rejection[]): CommitReply {
  return { revision: null, rejections, notices: [], applied: Promise.resolve([]) };
}

/** Why something was rejected, within a sentence. */
export function reasonOf(rejection: Rejection): string {
  switch (rejection.kind) {
    case 'objection':
      return `${rejection.objection.name}: ${rejection.objection.reason}`;
    case 'unconfirmed':
      return `revision ${rejection.revision} is to be confirmed by ${quote(rejection.by)}`;
    case 'conflict':
      return `${rejection.conflict.table} was changed`;
    case 'held':
    case 'not-saved':
      return rejection.reason;
  }
}
