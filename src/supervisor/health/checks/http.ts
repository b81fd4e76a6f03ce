import type { IncomingMessage } from 'node:http';
import { oneOf } from '../../../policy/one-of.ts';
import type { HealthCheck } from '../../../policy/snapshot.ts';
import { type PatternReading, readPattern } from '../../../text/pattern.ts';
import { type CheckResult, failed, failedWith, noAnswer, notMade, passed } from '../check-result.ts';
import type { Checker } from '../checker.ts';

export default function httpChecker(): Checker {
  return {
    check: (target, { settings, timeout }, signal) =>
      checkHttp(target, httpCheck(settings), timeout * 1000, signal),
  };
}

export type HttpCheck = {
  readonly path: string;
  readonly method: (typeof methods)[number];
  readonly matchType: (typeof matchTypes)[number];
  readonly responseCode: number;
  readonly matchContent: string;
};

const methods = ['get', 'head', 'post'] as const;
const matchTypes = ['response-code', 'match-content', 'all'] as const;

function httpCheck(settings: HealthCheck['settings']): HttpCheck {
  return {
    path: String(settings['url-path']),
    method: oneOf(methods, String(settings['method'])),
    matchType: oneOf(matchTypes, String(settings['match-type'])),
    responseCode: Number(settings['response-code']),
    matchContent: String(settings['match-content'] ?? ''),
  };
}

/** Bytes of the answer's content that are matched. */
const contentBytes = 65_536;
/** Bytes of a whole answer: its content as far as it is matched, as it comes in, and all before it. */
const answerBytes = 4 * contentBytes;
/** Interim responses (RFC 9110, 15.2) before the answer: a good server sends one or two. */
const mostInterim = 10;

export type HttpTarget = {
  readonly address: string;
  readonly port: number;
  /** The host that the request names: the member's name, else its address. */
  readonly host: string;
};

/** Whether a member answers a request as it should. `timeout` in milliseconds, for the whole exchange. */
export function checkHttp(
  { address, port, host }: HttpTarget,
  check: HttpCheck,
  timeout: number,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { promise, resolve } = Promise.withResolvers<CheckResult>();
  // An `import` of it reads all that it exports, and so loads an HTTP client that nobody here uses, at each start.
  const { request } = process.getBuiltinModule('node:http');
  const asked = request({
    host: address,
    port,
    path: check.path,
    method: check.method.toUpperCase(),
    headers: { host: hostHeader(host, port), 'user-agent': 'Levee-health-check', connection: 'close' },
    // A new connection each time: one that is kept open would not show whether the next is accepted.
    agent: false,
    signal,
  });
  const timer = setTimeout(() => end(noAnswer(timeout)), timeout);
  const end = (result: CheckResult): void => {
    clearTimeout(timer);
    asked.destroy();
    resolve(result);
  };
  asked.on('error', (error) => end(failedWith(error)));
  let interim = 0;
  asked.on('information', () => {
    interim += 1;
    if (interim > mostInterim) end(failed(`more than ${mostInterim} interim responses`));
  });
  let received = 0;
  asked.on('socket', (socket) =>
    socket.on('data', ({ length }) => {
      received += length;
      if (received > answerBytes) end(failed(`its answer has more than ${answerBytes / 1024} KiB`));
    }),
  );
  asked.on('response', (response) => {
    const status = response.statusCode ?? 0;
    const isRight = check.matchType === 'match-content' || status === check.responseCode;
    if (!isRight) end(failed(`status ${status}`));
    else if (check.matchType === 'response-code') end(passed);
    else readContent(response, (content) => end(judge(check, content)), end);
  });
  asked.end();
  return promise;
}

function readContent(
  response: IncomingMessage,
  done: (content: string) => void,
  end: (result: CheckResult) => void,
): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const finish = (): void => done(Buffer.concat(chunks).subarray(0, contentBytes).toString('utf8'));
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= contentBytes) finish();
  });
  response.on('end', finish);
  response.on('error', (error) => end(failedWith(error)));
}

/** Of each check that is configured: reading it takes longer than most matches. */
const patterns = new WeakMap<HttpCheck, PatternReading>();

function patternOf(check: HttpCheck): PatternReading {
  const known = patterns.get(check);
  if (known !== undefined) return known;
  const reading = readPattern(check.matchContent);
  patterns.set(check, reading);
  return reading;
}

function judge(check: HttpCheck, content: string): CheckResult {
  const reading = patternOf(check);
  if ('reason' in reading) return notMade(`its match-content is no regular expression: ${reading.reason}`);
  return reading.pattern.matcher()(content) ? passed : failed('its content does not match');
}

function hostHeader(host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 80 ? name : `${name}:${port}`;
}
