import type { DoorSettings } from '../../doors/door.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { Reading, SourceRow } from '../../policy/reading.ts';
import type { DoorKind } from '../../system/login.ts';

export type DoorObjection = { readonly row: number; readonly door: string; readonly reason: string };

/** The field of `system global` with the port of doors that name none. */
const usualPort: Readonly<Record<DoorKind, string>> = { ssh: 'admin-ssh-port' };

/** The doors that are to be open, and what stands against that. */
export function compileDoors(reading: Reading): {
  readonly doors: readonly DoorSettings[];
  readonly objections: readonly DoorObjection[];
} {
  const global = reading.singleton('system global');
  const doors = reading.source
    .rows('system access-door', null)
    .filter((row) => reading.isEnabled(row, 'status'))
    .map((row) => doorOf(reading, row, global));
  const taken = new Map<string, string>();
  const objections: DoorObjection[] = [];
  for (const { row, name, address, port } of doors) {
    const endpoint = endpointText({ address, port });
    const other = taken.get(endpoint);
    if (other === undefined) taken.set(endpoint, name);
    else objections.push({ row, door: name, reason: `${endpoint} for one door only: "${other}" is there` });
  }
  return { doors, objections };
}

function doorOf(reading: Reading, row: SourceRow, global: SourceRow): DoorSettings {
  const type = typeOf(reading.text(row, 'type'));
  return {
    row: row.id,
    name: row.key,
    type,
    address: reading.text(row, 'address'),
    port: reading.number(row, 'port') || reading.number(global, usualPort[type]),
    banner: reading.text(row, 'banner'),
    idleMinutes: reading.number(global, 'admintimeout'),
  };
}

function typeOf(text: string): DoorKind {
  if (text !== 'ssh') throw new Error(`no door has type ${text}`);
  return text;
}
