import { connect } from 'node:net';
import { oneOf } from '../../../policy/one-of.ts';
import type { HealthCheck } from '../../../policy/snapshot.ts';
import { type PatternReading, readPattern } from '../../../text/pattern.ts';
import { type CheckResult, failed, failedWith, noAnswer, notMade, passed } from '../check-result.ts';
import type { Checker } from '../checker.ts';
import { HttpAnswer } from '../http-answer.ts';
import { isItself, metItself } from '../itself.ts';

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
  const answer = new HttpAnswer(check.method !== 'head');
  const socket = connect({ host: address, port, signal });
  const timer = setTimeout(() => end(noAnswer(timeout)), timeout);
  const end = (result: CheckResult): void => {
    clearTimeout(timer);
    socket.destroy();
    resolve(result);
  };
  const look = (): void => {
    const result = judge(check, answer);
    if (result !== undefined) end(result);
  };
  socket.on('connect', () => {
    if (isItself(socket)) end(metItself);
    else socket.write(requestOf(check, hostHeader(host, port)));
  });
  socket.on('data', (bytes: Buffer) => {
    answer.take(bytes);
    look();
  });
  socket.on('end', () => {
    answer.end();
    look();
  });
  socket.on('error', (error) => {
    // Who answers without reading what was asked resets the connection behind the answer.
    if (answer.status !== 0) answer.end();
    end((answer.status !== 0 ? judge(check, answer) : undefined) ?? failedWith(error));
  });
  return promise;
}

/** A connection of its own each time: one that is kept open would not show whether the next is accepted. */
function requestOf({ method, path }: HttpCheck, host: string): string {
  const lines = [
    `${method.toUpperCase()} ${path} HTTP/1.1`,
    `Host: ${host}`,
    'User-Agent: Levee-health-check',
    'Connection: close',
    ...(method === 'post' ? ['Content-Length: 0'] : []),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Undefined: it has to go on. */
function judge(check: HttpCheck, answer: HttpAnswer): CheckResult | undefined {
  const { status, reason } = answer;
  if (reason !== undefined) return failed(reason);
  if (status === 0) return undefined;
  const isRight = check.matchType === 'match-content' || status === check.responseCode;
  if (!isRight) return failed(`status ${status}`);
  if (check.matchType === 'response-code') return passed;
  return answer.isOver ? matchContent(check, answer.content) : undefined;
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

function matchContent(check: HttpCheck, content: string): CheckResult {
  const reading = patternOf(check);
  if ('reason' in reading) return notMade(`its match-content is no regular expression: ${reading.reason}`);
  return reading.pattern.matcher()(content) ? passed : failed('its content does not match');
}

function hostHeader(host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 80 ? name : `${name}:${port}`;
}
