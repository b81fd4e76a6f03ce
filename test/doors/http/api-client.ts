import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { freePort } from '../../network/ports.ts';
import { newState, type State } from '../../running/levee.ts';

export type ApiReply = { readonly status: number; readonly data: Data; readonly headers: Headers };

/** What an answer holds, as far as tests look. */
export type Data = { readonly [member: string]: unknown };

export type Call = (
  method: string,
  target: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<ApiReply>;

export type ApiDoor = {
  readonly state: State;
  readonly port: number;
  readonly token: string;
  readonly call: Call;
};

/** Runs Levee with a door for programs, and a token for all there is. */
export async function apiDoor(context: TestContext, configuration = ''): Promise<ApiDoor> {
  const state = newState(context);
  await state.daemonHere();
  const port = await freePort();
  const text = [
    configuration,
    'config system access-door',
    'edit "api"',
    'set type http',
    'set status enable',
    `set port ${port}`,
    'end',
    '',
  ].join('\n');
  const imported = await state.here(['import', '-'], text);
  assert.equal(imported.status, 0, imported.stderr);
  const token = await tokenFor(state, 'robot');
  return { state, port, token, call: callerOf(port, token) };
}

export async function tokenFor(state: State, name: string): Promise<string> {
  const { stdout } = await state.here(['-c', `execute api-token create ${name} | json`]);
  const { token } = JSON.parse(stdout);
  return token;
}

export function callerOf(port: number, token: string): Call {
  return async (method, target, body, headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${target}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const data: Data = JSON.parse(await response.text());
    return { status: response.status, data, headers: response.headers };
  };
}
