import type { SessionServices } from '../cli/session/services.ts';
import { modelOf } from '../cli/session/services.ts';
import { missingPermission } from '../model/permission.ts';
import { type ApiAnswer, errorOf, refused } from './answer.ts';

/** Why a program may not see numbers and health; undefined: it may. */
export function watchingRefusal(services: SessionServices): ApiAnswer | undefined {
  const fault = missingPermission(modelOf(services), { area: 'mntgrp', access: 'r' });
  return fault && refused([errorOf(fault, { path: [] })]);
}
