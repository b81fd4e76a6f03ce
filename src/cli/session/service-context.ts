import { permissionsOf } from '../administrator.ts';
import { emitPrinted } from '../printing/emit-printed.ts';
import type { Context } from './context.ts';
import type { SessionServices } from './services.ts';
import type { Emit } from './session.ts';

/** What commands get of the services of their session, the same at a prompt and in a batch. */
export type ServiceContext = Pick<
  Context,
  | 'author'
  | 'catalogue'
  | 'operations'
  | 'pipes'
  | 'permissions'
  | 'secretKey'
  | 'checkScript'
  | 'system'
  | 'print'
>;

export function serviceContext(services: SessionServices, emit: Emit): ServiceContext {
  const { language, configuration, administrator, author, secretKey, checkScript, system } = services;
  const { catalogue, operations, pipes } = language;
  return {
    author,
    catalogue,
    operations,
    pipes,
    permissions: permissionsOf(configuration.view, administrator),
    secretKey,
    checkScript,
    system,
    print: (printed) => emitPrinted(emit, printed),
  };
}
