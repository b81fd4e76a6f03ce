import type { Catalogue } from '../../../schemas/catalogue.ts';
import { trustIn } from '../../access/trusted-hosts.ts';
import type { DoorSettings } from '../../doors/door.ts';
import { placeOfDoor } from '../../model/access-door.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { Reading, SourceRow } from '../../policy/reading.ts';

export type DoorObjection = { readonly row: number; readonly door: string; readonly reason: string };

/** The doors that are to be open, and what stands against that. */
export function compileDoors(
  catalogue: Catalogue,
  reading: Reading,
): {
  readonly doors: readonly DoorSettings[];
  readonly objections: readonly DoorObjection[];
} {
  const doors = reading.source
    .rows('system access-door', null)
    .filter((row) => reading.isEnabled(row, 'status'))
    .map((row) => doorOf(catalogue, reading, row));
  const taken = new Map<string, string>();
  const objections: DoorObjection[] = doors.flatMap((door) => tooOpen(reading, door));
  for (const { row, name, address, port } of doors) {
    const endpoint = endpointText({ address, port });
    const other = taken.get(endpoint);
    if (other === undefined) taken.set(endpoint, name);
    else objections.push({ row, door: name, reason: `${endpoint} for one door only: "${other}" is there` });
  }
  return { doors, objections };
}

function doorOf(catalogue: Catalogue, reading: Reading, row: SourceRow): DoorSettings {
  return {
    row: row.id,
    name: row.key,
    ...placeOfDoor(catalogue, reading.source, row),
    trusts: trustIn(row.fields),
    tls: reading.isEnabled(row, 'tls')
      ? { certificate: reading.text(row, 'certificate-file'), key: reading.text(row, 'key-file') }
      : null,
    hostNames: reading.list(row, 'host-names'),
    banner: reading.text(row, 'banner'),
    idleMinutes: reading.number(reading.singleton('system global'), 'admintimeout'),
  };
}

/** What a door needs before anybody on another machine may come to it. */
function tooOpen(reading: Reading, { row, name: door, type, address, tls }: DoorSettings): DoorObjection[] {
  const source = reading.source.row(row);
  if (source === undefined || type === 'ssh' || isLoopback(address)) return [];
  const objection = (reason: string): DoorObjection[] => [
    { row, door, reason: `${reason}, since ${address} can be reached from other machines` },
  ];
  if ((type === 'http' || type === 'page') && tls === null) return objection('"set tls enable"');
  const field = address.includes(':') ? 'trusthostv6' : 'trusthostv4';
  if (reading.list(source, field).every((prefix) => !prefix.endsWith('/0'))) return [];
  return objection(`"set ${field}" with who may come to it`);
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
