import assert from 'node:assert/strict';
import type { Catalogue } from '../../schemas/catalogue.ts';
import { fullPermissions, type Permissions } from '../../src/access/permissions.ts';
import { SecretKey } from '../../src/access/secret-key.ts';
import { edit } from '../../src/model/changes/edit.ts';
import type { Model } from '../../src/model/model.ts';
import { findTable } from '../../src/model/rows/find-table.ts';
import type { OpenRow } from '../../src/model/rows/open-row.ts';
import type { OpenTable } from '../../src/model/rows/open-table.ts';
import { findingsOf } from '../../src/scripting/script/check.ts';
import type { View } from '../../src/store/view.ts';
import type { Configuration } from '../../src/system/configuration.ts';
import { fromHere } from '../../src/system/login.ts';

/** A configuration in the hands of somebody who may do everything, or as much as that. */
export function modelOf(
  catalogue: Catalogue,
  configuration: Configuration,
  permissions: Permissions = fullPermissions,
): Model {
  return {
    catalogue,
    configuration,
    author: { name: 'anna', origin: 'test' },
    administrator: null,
    from: fromHere,
    permissions,
    secretKey: SecretKey.random(),
    checkScript: async (text) => findingsOf(text),
    isRejected: () => false,
  };
}

/** A table that is there. */
export function tableOf(model: Model, view: View, path: string, ...keys: readonly string[]): OpenTable {
  const found = findTable(model, view, path, keys);
  assert.ok(!('fault' in found), path);
  return found;
}

/** A row that can be opened. */
export function opened(model: Model, view: View, table: OpenTable, key: string): OpenRow {
  const edited = edit(model, view, table, key);
  assert.ok(!('fault' in edited), key);
  return edited.opened;
}
