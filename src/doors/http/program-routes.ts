import type { Table } from '../../../schemas/table.ts';
import { type ApiAnswer, malformed, refused } from '../../api/answer.ts';
import {
  answerConfiguration,
  type ConfigurationCall,
  mostRows,
  tableMethods,
  tablePaths,
} from '../../api/configuration.ts';
import { answerOperation, type OperationCall, operationPaths } from '../../api/operations.ts';
import { isRowInput } from '../../api/rows/input.ts';
import { workOf } from '../../api/work.ts';
import type { Language } from '../../cli/language/language.ts';
import type { Operation } from '../../cli/language/operation.ts';
import type { Program } from '../../cli/session/open-session.ts';
import type { Answer, Asked, Reply, Route } from './exchange.ts';
import { jsonOf, replyOf } from './json.ts';

/** What every path of the configuration begins with, and of an operation. */
export type ProgramPlaces = { readonly configuration: string; readonly operations: string };

/** Whoever asks; or why nobody is let in who asks so. */
export type ProgramOf = (asked: Asked) => Program | Reply;

/** The configuration and the operations as data, each path in whole. */
export function programRoutes(
  { catalogue, operations }: Language,
  programOf: ProgramOf,
  places: ProgramPlaces,
): Map<string, Route> {
  const entered =
    (answered: (program: Program, asked: Asked) => Promise<ApiAnswer>): Answer =>
    async (asked) => {
      const program = programOf(asked);
      return 'status' in program ? program : replyOf(await answered(program, asked));
    };
  const routes = new Map<string, Route>();
  for (const [path, table] of tablePaths(catalogue)) {
    const answer = entered((program, asked) => configuration(program, asked, table));
    const methods = tableMethods(table).map((method) => [method, answer]);
    routes.set(`${places.configuration}${path}`, Object.fromEntries(methods));
  }
  for (const [path, { reads, acts }] of operationPaths(operations())) {
    routes.set(`${places.operations}${path}`, {
      ...(reads && { GET: entered((program, asked) => operation(program, asked, reads)) }),
      ...(acts && { POST: entered((program, asked) => operation(program, asked, acts)) }),
    });
  }
  return routes;
}

/** What may stand behind `?`; each once. */
const known = new Set([
  'mkey',
  'sub_mkey',
  'transaction',
  'dry-run',
  'full',
  'before',
  'after',
  'start',
  'count',
]);

async function configuration({ services }: Program, asked: Asked, table: Table): Promise<ApiAnswer> {
  const call = await callOf(asked, table);
  if ('status' in call) return call;
  const work = workOf(services, asked.query.get('transaction'));
  return 'answer' in work ? work.answer : await answerConfiguration(work, call);
}

async function callOf(asked: Asked, table: Table): Promise<ConfigurationCall | ApiAnswer> {
  const { method, query, headers } = asked;
  const names = [...query.keys()];
  const wrong = names.find((name, index) => !known.has(name) || names.indexOf(name) !== index);
  const badly = (expected: string): ApiAnswer => refused([malformed(expected, [table.id])]);
  if (wrong !== undefined) return badly(`each of ${[...known].join(', ')} once at most`);
  if (query.has('sub_mkey') && !query.has('mkey')) return badly('mkey before sub_mkey');
  const [before, after] = [query.get('before'), query.get('after')];
  if (before !== null && after !== null) return badly('before or after, not both');
  const beside =
    before !== null
      ? ({ side: 'before', key: before } as const)
      : after !== null
        ? ({ side: 'after', key: after } as const)
        : null;
  const from = numberOf(query.get('start') ?? '0', Number.MAX_SAFE_INTEGER);
  const count = numberOf(query.get('count') ?? `${mostRows}`, mostRows);
  if (from === undefined || count === undefined)
    return badly(`start, a number, and count, one to ${mostRows}`);
  const [, revision] = /^"?(\d{1,15})"?$/.exec(headers['if-match'] ?? '') ?? [];
  const anyRevision = headers['if-match'] === undefined || headers['if-match'] === '*';
  if (revision === undefined && !anyRevision) return badly('If-Match with a revision, as ETag has it');
  const [dry, full] = [flagOf(query.get('dry-run')), flagOf(query.get('full'))];
  if (dry === undefined || full === undefined) return badly('dry-run and full as true or false, or alone');
  return {
    method,
    table,
    keys: [query.get('mkey'), query.get('sub_mkey')].flatMap((key) => (key === null ? [] : [key])),
    body: method === 'POST' || method === 'PUT' ? await jsonOf(asked) : undefined,
    revision: revision === undefined ? null : Number(revision),
    isDry: dry,
    isFull: full,
    beside,
    from,
    count,
  };
}

async function operation(program: Program, asked: Asked, asks: Operation): Promise<ApiAnswer> {
  const call = await operationCallOf(asked);
  return 'status' in call ? call : await answerOperation(program, asks, call);
}

/** Parameters stand in the query of what reads, and in the body of what acts. */
async function operationCallOf(asked: Asked): Promise<OperationCall | ApiAnswer> {
  const { method, query, signal } = asked;
  const names = [...query.keys()];
  const isKnown = (name: string): boolean =>
    (name === 'parameter' && method === 'GET') || (name === 'transaction' && query.getAll(name).length === 1);
  if (!names.every(isKnown)) return refused([malformed('parameter, of what reads, and transaction')]);
  const body = method === 'GET' ? { parameters: query.getAll('parameter') } : await jsonOf(asked);
  const parameters = isRowInput(body) ? (body['parameters'] ?? []) : undefined;
  const others = isRowInput(body) ? Object.keys(body).filter((name) => name !== 'parameters') : [];
  if (!Array.isArray(parameters) || others.length > 0 || !parameters.every(isWord))
    return refused([malformed('an object with parameters: a list of texts and numbers')]);
  return { parameters: parameters.map(String), transaction: query.get('transaction'), signal };
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

function numberOf(text: string, most: number): number | undefined {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : most + 1;
  return number <= most ? number : undefined;
}

function flagOf(text: string | null): boolean | undefined {
  if (text === null || text === 'false') return false;
  return text === '' || text === 'true' ? true : undefined;
}
