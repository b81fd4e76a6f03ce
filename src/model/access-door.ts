import type { Catalogue } from '../../schemas/catalogue.ts';
import type { Content, RowId } from '../../schemas/content.ts';
import type { Row, View } from '../store/view.ts';
import type { DoorKind } from '../system/login.ts';

const [doors, global] = ['system access-door', 'system global'];

/** The field of `system global` with the port of doors that name none. */
const usualPort: Readonly<Record<DoorKind, string>> = {
  ssh: 'admin-ssh-port',
  http: 'admin-http-port',
  page: 'admin-page-port',
  metrics: 'admin-metrics-port',
};

/**
 * The door by which somebody has come, as it is now: its row, or where that is gone the one that has been made again under
 * its name. Undefined: there is none.
 */
export function doorNow(view: View, { row, name }: { row: RowId; name: string }): Row | undefined {
  const again = view.find(doors, null, name);
  return view.row(row) ?? (again === undefined ? undefined : view.row(again));
}

/** Where a door is to be found that is enabled, and what is spoken there. */
export function placeOfDoor(
  catalogue: Catalogue,
  view: Pick<View, 'find'> & { row(id: RowId): Pick<Row, 'fields'> | undefined },
  { fields }: Pick<Row, 'fields'>,
): { readonly type: DoorKind; readonly address: string; readonly port: number } {
  const of = (field: string): Content | undefined => catalogue.get(doors).inForce(fields, field);
  const type = kindOf(of('type'));
  const globalRow = view.find(global, null, '');
  const settings = globalRow === undefined ? undefined : view.row(globalRow);
  const usual = catalogue.get(global).inForce(settings?.fields, usualPort[type]);
  return { type, address: String(of('address')), port: Number(of('port')) || Number(usual) };
}

function kindOf(type: Content | undefined): DoorKind {
  if (!isDoorKind(type)) throw new Error(`no door has type ${type}`);
  return type;
}

function isDoorKind(type: Content | undefined): type is DoorKind {
  return typeof type === 'string' && Object.hasOwn(usualPort, type);
}
