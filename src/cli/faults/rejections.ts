import type { Rejection } from '../../system/configuration.ts';
import { quote } from '../../text/quote.ts';
import type { Fault } from './problem.ts';

const whatWasDone = {
  changed: 'changed it',
  renamed: 'renamed it',
  deleted: 'deleted it',
  created: 'created it',
  'in-use': 'made use of it',
};

/** Why a commit was refused, in the words of the error map. */
export function rejectionFault(rejection: Rejection): Fault {
  if (rejection.kind === 'not-saved') {
    return { error: 'not-saved', word: '', expected: `${rejection.reason}; nothing has changed` };
  }
  if (rejection.kind === 'objection') {
    const { error, name, reason } = rejection.objection;
    return { error, word: name, expected: reason };
  }
  const { table, key, field, what, author } = rejection.conflict;
  const who = author === '' ? 'someone else' : author;
  const place = key === '' ? table : `${table} ${quote(key)}`;
  const subject = field === undefined ? place : `${place}, ${field}`;
  return {
    error: 'conflict',
    word: field ?? key,
    expected: `${subject}: ${who} ${whatWasDone[what]} since you opened it; "abort", look at it and enter it again`,
  };
}
