import { counted } from '../../text/plural.ts';
import type { ConfigurationChange, Event } from './events.ts';

/** An event in a line for a person. */
export function eventMessage(event: Event): string {
  switch (event.type) {
    case 'started':
      return `Levee has started with ${counted(event.workers, 'worker')} and revision ${event.revision}`;
    case 'stopped':
      return 'Levee has stopped';
    case 'configuration-changed':
      return changeMessage(event);
    case 'configuration-changed-more':
      return `User ${event.user} made ${counted(event.changes, 'more change')} from ${event.ui} in revision ${event.revision}`;
    case 'reloaded':
      return event.failures.length === 0
        ? `Revision ${event.revision} is in force`
        : `Revision ${event.revision} is in force, but ${event.failures.join('; ')}`;
    case 'login':
      return `User ${event.user} logged in from ${event.ui}`;
    case 'login-refused':
      return `User ${event.user} could not log in from ${event.ui}: ${event.reason}`;
    case 'logout':
      return `User ${event.user} logged out from ${event.ui}`;
    case 'block-lifted':
      return `User ${event.user} ended the block of ${event.source} in policy "${event.policy}" from ${event.ui}`;
    case 'listener-failed':
      return `policy "${event.policy}" can't listen on ${event.endpoint}: ${event.reason}; it is tried again`;
    case 'listener-recovered':
      return `policy "${event.policy}" listens on ${event.endpoint} now`;
    case 'member-down':
      return `server ${event.member} of server pool "${event.pool}" is down: ${event.reason}`;
    case 'member-up':
      return `server ${event.member} of server pool "${event.pool}" is up`;
    case 'no-member':
      return `policy "${event.policy}" has no server left, ${event.reason}: its clients are reset`;
    case 'member-available':
      return `policy "${event.policy}" has a server again; ${counted(event.clients, 'client')} ${were(event.clients)} reset`;
    case 'check-refused':
      return `no ${event.check} check can be made, and servers count as passing it: ${event.reason}`;
    case 'name-failed':
      return `the address of server "${event.name}" can't be found: ${event.reason}; it is tried again`;
    case 'name-changed':
      return `server "${event.name}" has the address ${event.address} now`;
    case 'worker-ended':
      return `worker ${event.worker} has ended (${event.cause}); its ${counted(event.connections, 'connection')} ${event.connections === 1 ? 'is' : 'are'} closed and given back, and it is replaced`;
    case 'descriptors-exhausted':
      return `${resetText(event.refused)} reset: all ${event.limit} descriptors are in use`;
    case 'sources-table-full':
      return `the sources table of ${event.capacity} is full: new sources are ${event.admits ? 'admitted uncounted' : 'refused'}`;
    case 'proxy-header-refused':
      return `${counted(event.refused, 'connection')} of policy "${event.policy}" ${were(event.refused)} closed, the last from ${event.peer}: ${event.reason}`;
    case 'script-failed':
      return `script "${event.script}"${event.line === 0 ? '' : `, line ${event.line},`} in policy "${event.policy}": ${event.reason}`;
    case 'script-said':
      return event.message;
    case 'script-switched-off':
      return `${event.script === '' ? 'the scripts' : `script "${event.script}"`} in policy "${event.policy}": ${event.reason}`;
    case 'script-notice':
      return `the scripts in policy "${event.policy}": ${event.reason}`;
    case 'blocks-not-kept':
      return `blocks can't be kept over a restart: ${event.reason}`;
    case 'records-dropped':
      return `log records for ${event.target} are being dropped: ${event.reason}`;
    case 'records-lost':
      return `${counted(event.dropped, 'log record')} for ${event.target} ${were(event.dropped)} not sent in time, and ${event.dropped === 1 ? 'is' : 'are'} lost`;
    case 'records-sent-again':
      return `log records go to ${event.target} again; ${counted(event.dropped, 'record')} ${were(event.dropped)} dropped`;
    case 'log-file-failed':
      return `${event.file} can't be written: ${event.reason}; its lines are lost`;
    case 'log-file-written':
      return `${event.file} is written again; lines that were lost: ${event.lost}`;
    case 'log-file-removed':
      return `${event.file} was removed: the disk is full`;
  }
}

/** 0: the system shed them before Levee could count. */
function resetText(connections: number): string {
  return connections === 0
    ? 'connections were'
    : `${counted(connections, 'connection')} ${were(connections)}`;
}

const verbs: Readonly<Record<ConfigurationChange['change'], string>> = {
  created: 'added',
  changed: 'changed',
  deleted: 'deleted',
  renamed: 'renamed',
  moved: 'moved',
};

function changeMessage({ user, ui, change, path, keys, field, old, new: now }: ConfigurationChange): string {
  const named = (all: readonly string[]): string =>
    [path, ...all.filter((key) => key !== '').map((key) => `"${key}"`)].join(' ');
  const entry = named(keys);
  if (change === 'renamed' && field !== null) {
    return `User ${user} renamed ${named([...keys.slice(0, -1), old])} to "${now}" from ${ui}`;
  }
  const what =
    field === null
      ? ''
      : ` ${field}${old === '' ? '' : ` from ${old}`} ${now === '' ? 'to its default' : `to ${now}`}`;
  const set = field === null || change === 'changed' ? '' : ', set';
  return `User ${user} ${verbs[change]} ${entry}${set}${what} from ${ui}`;
}

function were(number: number): string {
  return number === 1 ? 'was' : 'were';
}
