import type { Area, Table } from '../../../schemas/table.ts';
import { type ApiAnswer, type ApiError, malformed, refused } from '../../api/answer.ts';
import {
  answerConfiguration,
  type ConfigurationCall,
  mostRows,
  tableMethods,
  tablePaths,
} from '../../api/configuration.ts';
import { openApi } from '../../api/description/open-api.ts';
import { answerOperation, type OperationCall, operationPaths } from '../../api/operations.ts';
import { isRowInput } from '../../api/rows/input.ts';
import { watchingRefusal } from '../../api/watching.ts';
import { workOf } from '../../api/work.ts';
import type { Language } from '../../cli/language/language.ts';
import type { Operation } from '../../cli/language/operation.ts';
import type { Program } from '../../cli/session/open-session.ts';
import type { ProgramKeeper } from '../door.ts';
import { type Answer, type Asked, Refusal, type Reply, type Route, type Routes } from './exchange.ts';

/** What every path of the configuration begins with, and of an operation. */
const configurationPath = '/api/v2.0/cmdb/';
const operationPath = '/api/v2.0/monitor/';
const places = { configuration: configurationPath, operations: operationPath };

const jsonType = 'application/json';

type Answered = (program: Program, asked: Asked) => ApiAnswer | Promise<ApiAnswer>;

/** What programs ask and do, each path in whole. `watching`: what a door of type metrics answers, here with a token. */
export function apiRoutes(
  { catalogue, operations }: Language,
  keeper: ProgramKeeper,
  watching: Routes,
): Routes {
  const routes = new Map<string, Route>();
  for (const [path, table] of tablePaths(catalogue)) {
    const answer = withToken(keeper, (program, asked) => configuration(program, asked, table));
    const methods = tableMethods(table).map((method) => [method, answer]);
    routes.set(`${configurationPath}${path}`, Object.fromEntries(methods));
  }
  for (const [path, { reads, acts }] of operationPaths(operations())) {
    routes.set(`${operationPath}${path}`, {
      ...(reads === undefined ? {} : { GET: operationAnswer(keeper, reads) }),
      ...(acts === undefined ? {} : { POST: operationAnswer(keeper, acts) }),
    });
  }
  // It is large, and few ask for it.
  let description: string | undefined;
  const described = (): string => {
    description ??= JSON.stringify(openApi(catalogue, operations(), places));
    return description;
  };
  routes.set('/api/openapi.json', {
    GET: (asked) => {
      const program = programOf(keeper, asked);
      return 'status' in program ? program : { status: 200, type: jsonType, body: `${described()}\n` };
    },
  });
  for (const [path, { GET: read }] of watching) {
    const area = path === '/metrics' ? 'traroutegrp' : 'mntgrp';
    if (read !== undefined) routes.set(path, { GET: watched(keeper, read, area) });
  }
  return routes;
}

export function refuseAsJson(status: number, reason: string): Reply {
  return replyOf({ status, data: { errors: [errorOfHttp(reason)] } });
}

function errorOfHttp(expected: string): ApiError {
  return { ...malformed(expected), error: 'http' };
}

function programOf(keeper: ProgramKeeper, { headers, origin, admit }: Asked): Program | Reply {
  const [, token] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const program = token === undefined ? undefined : keeper.enterByToken(origin, token);
  if (program === undefined) {
    const error: ApiError = {
      ...malformed('a token that is valid here, as "Authorization: Bearer TOKEN"'),
      error: 'no-token',
      message: headers.authorization === undefined ? 'a token is missing' : 'this token lets nobody in here',
    };
    return {
      ...replyOf({ status: 401, data: { errors: [error] } }),
      headers: { 'WWW-Authenticate': 'Bearer' },
    };
  }
  admit(program);
  return program;
}

function withToken(keeper: ProgramKeeper, answered: Answered): Answer {
  return async (asked) => {
    const program = programOf(keeper, asked);
    return 'status' in program ? program : replyOf(await answered(program, asked));
  };
}

function watched(keeper: ProgramKeeper, read: Answer, area: Area): Answer {
  return (asked) => {
    const program = programOf(keeper, asked);
    if ('status' in program) return program;
    const refusal = watchingRefusal(program.services, { area, access: 'r' });
    return refusal === undefined ? read(asked) : replyOf(refusal);
  };
}

function replyOf({ status, data }: ApiAnswer): Reply {
  const revision =
    typeof data === 'object' && data !== null && 'revision' in data ? data.revision : undefined;
  return {
    status,
    type: jsonType,
    body: `${JSON.stringify(data)}\n`,
    headers: typeof revision === 'number' ? { ETag: `"${revision}"` } : {},
  };
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

function operationAnswer(keeper: ProgramKeeper, operation: Operation): Answer {
  return withToken(keeper, async (program, asked) => {
    const call = await operationCallOf(asked);
    return 'status' in call ? call : await answerOperation(program, operation, call);
  });
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

/** The body of a request. Rejects with a Refusal. */
export async function jsonOf({ headers, body }: Pick<Asked, 'headers' | 'body'>): Promise<unknown> {
  if (!/^application\/json *(?:;|$)/i.test(headers['content-type'] ?? ''))
    throw new Refusal(415, 'a body is of type application/json');
  const text = await body();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, 'the body is no JSON', { cause: error });
  }
}
