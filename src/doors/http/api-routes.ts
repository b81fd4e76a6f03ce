import type { Area } from '../../../schemas/table.ts';
import { type ApiError, malformed } from '../../api/answer.ts';
import { openApi } from '../../api/description/open-api.ts';
import { watchingRefusal } from '../../api/watching.ts';
import type { Language } from '../../cli/language/language.ts';
import type { Program } from '../../cli/session/open-session.ts';
import type { ProgramKeeper } from '../door.ts';
import type { Answer, Asked, Reply, Routes } from './exchange.ts';
import { jsonType, replyOf } from './json.ts';
import { programRoutes } from './program-routes.ts';

const places = { configuration: '/api/v2.0/cmdb/', operations: '/api/v2.0/monitor/' };

/** What programs ask and do, each path in whole. `watching`: what a door of type metrics answers, here with a token. */
export function apiRoutes(language: Language, keeper: ProgramKeeper, watching: Routes): Routes {
  const { catalogue, operations } = language;
  const routes = programRoutes(language, (asked) => programOf(keeper, asked), places);
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

function watched(keeper: ProgramKeeper, read: Answer, area: Area): Answer {
  return (asked) => {
    const program = programOf(keeper, asked);
    if ('status' in program) return program;
    const refusal = watchingRefusal(program.services, { area, access: 'r' });
    return refusal === undefined ? read(asked) : replyOf(refusal);
  };
}
