import { concealed } from '../../schemas/concealed.ts';
import type { Field } from '../../schemas/table.ts';
import type { ModelFault } from '../model/fault.ts';
import { type ErrorName, errors } from '../system/errors.ts';
import { shortened } from '../text/shortened.ts';

/** One mistake, as the command line tells it. */
export type ApiError = {
  readonly error: ErrorName | 'stale' | 'malformed' | 'no-token' | 'http';
  readonly returnCode: number | null;
  readonly message: string;
  /** The table, and the keys and sub-tables from it to the row. */
  readonly path: readonly string[];
  readonly field: string | null;
  readonly expected: string;
  readonly nearest: string | null;
};

/** What is answered. */
export type ApiAnswer = { readonly status: number; readonly data: unknown };

/** Where something was wrong. */
export type Place = { readonly path: readonly string[]; readonly field?: Field | string | undefined };

/** Errors that are not of the value that was given. */
const statuses: Readonly<Partial<Record<ErrorName, number>>> = {
  'not-found': 404,
  permission: 403,
  'read-only': 403,
  'last-administrator': 403,
  exists: 409,
  'in-use': 409,
  conflict: 409,
  held: 409,
  unconfirmed: 409,
  'not-running': 409,
  'operation-failed': 409,
  'not-saved': 507,
};

export function errorOf(fault: ModelFault, { path, field }: Place): ApiError {
  const { error, word, expected, nearest } = fault;
  const isSecret = typeof field === 'object' && field.meta.secret !== undefined;
  const name = typeof field === 'object' ? field.name : (field ?? null);
  return {
    error,
    returnCode: errors[error].returnCode,
    message: errors[error].message(isSecret ? concealed : shortened(word)),
    path,
    field: error === 'must-be-set' ? word : name,
    expected,
    nearest: isSecret ? null : (nearest ?? null),
  };
}

/** What is wrong with the request itself. */
export function malformed(expected: string, path: readonly string[] = []): ApiError {
  const message = 'the request is not as it should be';
  return { error: 'malformed', returnCode: null, message, path, field: null, expected, nearest: null };
}

/** The configuration is another one than the request is meant for. */
export function stale(revision: number): ApiAnswer {
  const message = 'the configuration has changed since';
  const expected = `revision ${revision}, which is the present one`;
  return {
    status: 412,
    data: {
      errors: [{ error: 'stale', returnCode: null, message, path: [], field: null, expected, nearest: null }],
    },
  };
}

/** `where`: the errors are of where the request leads, not of what it holds. */
export function refused(faults: readonly ApiError[], where = false): ApiAnswer {
  const [first] = faults;
  const error = first?.error ?? 'malformed';
  const known = error in errors ? statusOf(error) : 400;
  // A name that a body refers to may be missing: what the path leads to is there.
  const status = known === 404 && !where ? 400 : known;
  return { status, data: { errors: faults } };
}

function statusOf(error: ApiError['error']): number {
  return error === 'stale' || error === 'malformed' || error === 'no-token' || error === 'http'
    ? 400
    : (statuses[error] ?? 400);
}
