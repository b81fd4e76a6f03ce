import type { Requirement } from '../access/permissions.ts';
import type { SessionServices } from '../cli/session/services.ts';
import { modelOf } from '../cli/session/services.ts';
import { missingPermission } from '../model/permission.ts';
import { type ApiAnswer, errorOf, refused } from './answer.ts';

/** Why a program may not see numbers and health; undefined: it may. */
export function watchingRefusal(services: SessionServices, required: Requirement): ApiAnswer | undefined {
  const fault = missingPermission(modelOf(services), required);
  return fault && refused([errorOf(fault, { path: [] })]);
}
