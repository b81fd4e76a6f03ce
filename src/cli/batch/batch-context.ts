import { Printing } from '../printing/printing.ts';
import type { Client, Context } from '../session/context.ts';
import type { SessionServices } from '../session/services.ts';
import type { Emit } from '../session/session.ts';
import { LogFilter } from '../session/settings/log-filter.ts';
import { PingSettings } from '../session/settings/ping-settings.ts';

/** What is particular to the batch. */
type OfBatch = Pick<Context, 'levels' | 'model' | 'changes' | 'full' | 'exit'>;

/** What the verbs of a batch work on: there is nobody to ask, and what they see is of the batch alone. */
export function batchContext(
  { system, kept, ping, configuration, transactions, administrator, users, doors }: SessionServices,
  { emit, ...client }: Client & { readonly emit: Emit },
  ofBatch: OfBatch,
): Context {
  const printing = new Printing(emit, client, configuration);
  return {
    ...ofBatch,
    system,
    kept,
    ping,
    users,
    doors,
    client,
    transactions: { all: transactions, administrator, current: undefined, enter: undefined },
    person: undefined,
    logFilter: new LogFilter(),
    pingSettings: new PingSettings(),
    print: (printed) => printing.print(printed),
    printed: () => printing.finished(),
    live: undefined,
  };
}
