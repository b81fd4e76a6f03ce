import type { Field } from '../../../schemas/table.ts';
import type { Draft } from '../../store/draft.ts';
import { accepted, type ModelFaults } from '../fault.ts';
import type { Model } from '../model.ts';
import type { OpenRow } from '../rows/open-row.ts';
import { misdirectedSecrets } from '../values/sealed-secrets.ts';

/** Closes an open row: its changes go into the draft that it was opened over, unless something is missing. */
export function close(model: Model, open: OpenRow, into: Draft): ModelFaults {
  const missing = missingFields(model, open);
  if (missing.length === 0) into.merge(open.draft);
  return missing;
}

/** Fields that must be set and have no value, or none that may be kept. */
export function missingFields(model: Model, open: OpenRow): ModelFaults {
  return [...emptyFields(open), ...misdirectedSecrets(model, open)];
}

/** Fields that must be set and are not. */
export function emptyFields({ table, row, draft }: OpenRow): ModelFaults {
  if (table.requiredFields.length === 0) return accepted;
  const set = draft.row(row)?.fields;
  const isRequired = ({ meta: { required = false, requiredWhere, requiredUnless } }: Field): boolean =>
    required ||
    requiredWhere?.is.some((value) => value === table.inForce(set, requiredWhere.field)) === true ||
    (requiredUnless !== undefined && set?.has(requiredUnless) !== true);
  return table.requiredFields
    .filter((field) => !set?.has(field.name) && isRequired(field))
    .map(({ name, meta }) => ({
      error: 'must-be-set',
      word: name,
      expected: `"set ${name}" with ${meta.expected}`,
    }));
}
