import { personText } from '../printing/person-text.ts';
import { type BatchSource, type Drained, type Emit, type Session, strictBatch } from './session.ts';

// The configuration as one text, out of a session and into it: what a backup is.

/** Tables that the account of a session may not see. */
export async function hiddenTables(session: Session): Promise<readonly string[]> {
  const told = await permissionsOf(session);
  const { hidden } = 'hidden' in told ? told : { hidden: null };
  if (!Array.isArray(hidden)) throw new Error('the other Levee does not say what your access profile hides');
  return hidden.map(String);
}

/** Whether the account of a session may change any table. */
export async function mayChangeAnything(session: Session): Promise<boolean> {
  const told = await permissionsOf(session);
  const areas = 'areas' in told ? told.areas : null;
  if (typeof areas !== 'object' || areas === null)
    throw new Error('the other Levee does not say what your access profile allows');
  return Object.values(areas).some((grant) => String(grant).includes('w'));
}

async function permissionsOf(session: Session): Promise<object> {
  let text = '';
  await session.execute('get system permissions | json', (part) => {
    if (part.kind === 'output') text += part.text;
  });
  const told: unknown = JSON.parse(text);
  return typeof told === 'object' && told !== null ? told : {};
}

/** All of it, as commands in dependency order; a part of it would be no backup. */
export async function wholeConfiguration(
  session: Session,
): Promise<{ readonly text: string } | { readonly reason: string }> {
  const hidden = await hiddenTables(session);
  if (hidden.length > 0) return { reason: `your access profile hides ${hidden.join(', ')}` };
  const pieces: string[] = [];
  let reason = '';
  const { status } = await session.execute('show', (part) => {
    if (part.kind === 'output') pieces.push(part.text);
    else reason += personText(part);
  });
  return status === 0 ? { text: pieces.join('') } : { reason };
}

/** Makes a text the whole configuration, or changes nothing. Gives whether it was done; `emit` hears why not. */
export async function restoreConfiguration(
  session: Session,
  source: BatchSource,
  emit: Emit,
  drained?: Drained,
): Promise<boolean> {
  const how = { ...strictBatch, isImport: true, replace: true, comment: `restore of ${source.name}` };
  return (await session.batch([source], how, emit, drained)).status === 0;
}
