import { watchingRefusal } from '../../../api/watching.ts';
import type { Language } from '../../../cli/language/language.ts';
import { modelOf } from '../../../cli/session/services.ts';
import { Settings } from '../../../cli/session/settings/settings.ts';
import { type Confirmation, type SessionState, type Topic, topics } from '../../../page/messages.ts';
import type { Configuration } from '../../../system/configuration.ts';
import { productVersion } from '../../../system/version.ts';
import type { DoorSettings, PageKeeper } from '../../door.ts';
import { type Answer, type Asked, Refusal, type Reply, type Route, type Routes } from '../exchange.ts';
import type { Staying } from '../http-door.ts';
import { jsonOf, jsonReply, refuseAsJson } from '../json.ts';
import { programRoutes } from '../program-routes.ts';
import type { Watched } from '../watching.ts';
import { assetRoutes, pageAssets } from './assets.ts';
import { pageLimits } from './limits.ts';
import { LiveFeed } from './live-feed.ts';
import { credentialsIn } from './login-order.ts';
import { cookieName, cookieText, idIn, type PageSession, PageSessions } from './page-sessions.ts';
import { linesIn, runBatch } from './run.ts';

export type PageServices = {
  readonly watched: Watched;
  readonly configuration: Configuration;
  readonly settings: () => DoorSettings;
};

export type Page = {
  readonly routes: Routes;
  readonly staying: Staying;
  /** Ends the sessions of all who have come in. */
  close(): void;
};

const isOver = 'a login: there is no session, or it is over';
const places = { configuration: '/page/cmdb/', operations: '/page/monitor/' };

/** The page for browsers: what it is made of, and all that it asks. */
export async function openPage(
  language: Language,
  keeper: PageKeeper,
  services: PageServices,
): Promise<Page> {
  const assets = await pageAssets();
  const { configuration, settings, watched } = services;
  const sessions = new PageSessions(
    () => performance.now(),
    () => settings().idleMinutes,
  );
  const feed = new LiveFeed(watched);
  const streams = new Set<{ readonly page: PageSession }>();

  const isSecure = (): boolean => settings().tls !== null;
  const cookie = (): string => cookieName(settings().port, isSecure());
  const ownId = (asked: Pick<Asked, 'headers'>): string | undefined => idIn(asked, cookie());
  const staying: Staying = {
    isAt: (address) => sessions.isAt(address),
    asks: (headers, address) => sessions.find(ownId({ headers }))?.address === address,
  };
  /** The door may trust others by now than when they came. */
  const isLet = ({ origin }: Asked, page: PageSession): boolean =>
    settings().trusts(origin.address ?? '') || page.address === origin.address;

  const confirmationOf = ({ guest }: PageSession): Confirmation | null => {
    const { awaited } = configuration;
    if (awaited === undefined) return null;
    const { revision, author, remaining } = awaited;
    return { revision, author, remaining, mayConfirm: author === guest.name || guest.mayDoEverything };
  };

  const stateOf = (page: PageSession): SessionState => {
    const { guest, token } = page;
    return {
      name: guest.name,
      // Files by name there are none through a door.
      permissions: { ...modelOf(guest.services).permissions, filegrp: 'none' },
      token,
      notice: guest.notice,
      hostname: new Settings(language.catalogue, configuration.view).hostName,
      version: productVersion,
      revision: configuration.view.revision,
      confirmation: confirmationOf(page),
    };
  };

  /** Whose request it is; or the answer to whoever has no session. */
  const enter = (asked: Asked): PageSession | Reply => {
    const page = sessions.find(ownId(asked));
    if (page === undefined) return refuseAsJson(401, isOver);
    asked.admit(page.guest);
    sessions.touch(page, asked.headers['x-levee-idle'] === undefined);
    return page;
  };

  const entered =
    (answer: (page: PageSession, asked: Asked) => Reply | Promise<Reply>): Answer =>
    (asked) => {
      const page = enter(asked);
      if ('status' in page) return page;
      const token = asked.headers['x-levee-token'];
      const isOwn = typeof token === 'string' && page.hasToken(token);
      if (asked.method !== 'GET' && !isOwn) throw new Refusal(403, 'only the page itself may ask this');
      return answer(page, asked);
    };

  const login: Answer = async (asked) => {
    const credentials = credentialsIn(await jsonOf(asked, pageLimits.login));
    const guest = await keeper.enter(asked.origin, credentials);
    if ('kind' in guest) {
      const { kind, reason } = guest;
      return jsonReply(kind === 'refused' ? 401 : 200, { refusal: { kind, reason } });
    }
    const begun = sessions.begin(guest, asked.origin.address);
    if ('refused' in begun) return jsonReply(401, { refusal: { kind: 'refused', reason: begun.refused } });
    // Whoever logs in anew has a new cookie, and the session of the old one is over.
    sessions.end(ownId(asked));
    asked.admit(guest);
    return {
      ...jsonReply(200, { session: stateOf(begun.page) }),
      headers: { 'Set-Cookie': cookieText(cookie(), begun.id, isSecure()) },
    };
  };

  const logout = entered((_page, asked) => {
    sessions.end(ownId(asked));
    const headers = { 'Set-Cookie': cookieText(cookie(), '', isSecure()) };
    return { ...jsonReply(200, { session: null }), headers };
  });

  const session: Answer = (asked) => {
    // To whoever has none that is an answer, since the page asks it first of all.
    const page = enter(asked);
    return jsonReply(200, { session: 'status' in page ? null : stateOf(page) });
  };

  const run = entered(async (page, asked) => {
    const lines = linesIn(await jsonOf(asked));
    if (page.waiting >= pageLimits.batches)
      throw new Refusal(429, 'to wait: other batches of this session come first');
    return await page.inTurn(async () =>
      page.over.aborted
        ? refuseAsJson(401, isOver)
        : jsonReply(200, await runBatch(page.session, lines, asked.signal)),
    );
  });

  const live: Answer = (asked) => {
    const page = sessions.find(ownId(asked));
    if (page === undefined) return refuseAsJson(401, isOver);
    asked.admit(page.guest);
    const { each, account, all } = pageLimits.streams;
    const open = [...streams].filter((other) => other.page.guest.account === page.guest.account);
    const own = open.filter((other) => other.page === page);
    if (own.length >= each || open.length >= account || streams.size >= all)
      throw new Refusal(429, 'to close other pages: no more of them can be told at once');
    const wanted = topicsIn(asked);
    return {
      status: 200,
      type: 'text/event-stream',
      body: (outlet) => {
        const stream = { page };
        streams.add(stream);
        const leave = feed.add({
          outlet,
          topics: wanted,
          policy: asked.query.get('policy'),
          session: () => (page.over.aborted || !isLet(asked, page) ? null : liveSession(page)),
          mayWatch: () =>
            watchingRefusal(page.guest.services, { area: 'traroutegrp', access: 'r' }) === undefined,
        });
        const end = (): void => {
          leave();
          outlet.end();
        };
        page.over.addEventListener('abort', end, { once: true });
        asked.signal.addEventListener('abort', () => {
          leave();
          page.over.removeEventListener('abort', end);
          streams.delete(stream);
        });
      },
    };
  };

  const liveSession = (page: PageSession): Pick<SessionState, 'confirmation' | 'revision'> => ({
    confirmation: confirmationOf(page),
    revision: configuration.view.revision,
  });

  const readings = programRoutes(
    language,
    (asked) => {
      const page = enter(asked);
      return 'status' in page ? page : page.guest.beside(page.session);
    },
    places,
  );
  const routes = new Map<string, Route>([
    ...assetRoutes(assets),
    ...[...readings].flatMap(([path, { GET }]): [string, Route][] => (GET ? [[path, { GET }]] : [])),
    ['/page/login', { POST: login }],
    ['/page/logout', { POST: logout }],
    ['/page/session', { GET: session }],
    ['/page/run', { POST: run }],
    ['/page/live', { GET: live }],
  ]);
  return { routes, staying, close: () => sessions.close() };
}

function topicsIn({ query }: Asked): ReadonlySet<Topic> {
  const given = (query.get('topics') ?? '').split(' ').filter((each) => each !== '');
  const known = topics.filter((topic) => given.includes(topic));
  if (known.length < given.length) throw new Refusal(400, `topics are of ${topics.join(', ')}`);
  return new Set(known);
}
