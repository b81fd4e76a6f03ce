import type {
  LoginOrder,
  LoginRefusal,
  RunAnswer,
  RunOrder,
  SessionAnswer,
  SessionState,
} from '../messages.ts';

/** Why something could not be had, as the server says it, or the browser. */
export class AskError extends Error {
  /** Of HTTP; 0: there was no answer. */
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** Milliseconds after which somebody who does nothing is taken for not being there. */
const attention = 30_000;

let token = '';
let lastInput = Date.now();

function noticeInput(): void {
  lastInput = Date.now();
}
for (const type of ['pointerdown', 'keydown', 'wheel', 'touchstart'])
  addEventListener(type, noticeInput, { passive: true, capture: true });

/** Whose session it is, so that what is asked shows that. Null: nobody's. */
export function speakFor(session: SessionState | null): void {
  token = session?.token ?? '';
}

export async function askSession(): Promise<SessionState | null> {
  const { session }: SessionAnswer = await ask('GET', '/page/session');
  return session;
}

export async function logIn(order: LoginOrder): Promise<SessionAnswer | LoginRefusal> {
  try {
    return await ask('POST', '/page/login', order);
  } catch (error) {
    if (error instanceof RefusedLogin) return error.answer;
    throw error;
  }
}

export async function logOut(): Promise<void> {
  await ask('POST', '/page/logout', {});
}

/** Runs lines of the command line as one batch. */
export async function run(order: RunOrder): Promise<RunAnswer> {
  return await ask('POST', '/page/run', order);
}

/** What an operation that only reads says: `monitor('revision/list')`. */
export async function monitor<Results>(path: string, ...parameters: readonly string[]): Promise<Results> {
  const query = new URLSearchParams(parameters.map((each) => ['parameter', each]));
  const { results }: { results: Results } = await ask('GET', `/page/monitor/${path}${queryText(query)}`);
  return results;
}

/** Entries of a table: `rows('waf/ip-list')`, with all their fields where `full` is set. */
export async function rows<Row>(
  path: string,
  options: Readonly<Record<string, string>> = {},
): Promise<readonly Row[]> {
  const query = new URLSearchParams(options);
  const { results }: { results: readonly Row[] } = await ask('GET', `/page/cmdb/${path}${queryText(query)}`);
  return results;
}

function queryText(query: URLSearchParams): string {
  return query.size === 0 ? '' : `?${query}`;
}

class RefusedLogin extends AskError {
  readonly answer: LoginRefusal;

  constructor(answer: LoginRefusal) {
    super(401, answer.refusal.reason);
    this.answer = answer;
  }
}

async function ask<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  const isIdle = Date.now() - lastInput > attention;
  const response = await fetch(path, {
    method,
    headers: {
      ...(token === '' ? {} : { 'X-Levee-Token': token }),
      ...(isIdle ? { 'X-Levee-Idle': '1' } : {}),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new AskError(0, error instanceof Error ? error.message : String(error));
  });
  const data = await response.json();
  if (response.ok) return data;
  if (data.refusal !== undefined) throw new RefusedLogin(data);
  throw new AskError(response.status, reasonIn(data) ?? response.statusText);
}

function reasonIn(data: unknown): string | undefined {
  const errors: unknown = Object(data).errors;
  if (!Array.isArray(errors)) return undefined;
  return errors
    .map(({ message, expected }) => (expected === '' ? message : `${message}; expected ${expected}`))
    .join('\n');
}
