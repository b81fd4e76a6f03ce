import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { hashPasswordSync } from '../../../src/access/password.ts';
import type { SessionState } from '../../../src/page/messages.ts';
import { freePort } from '../../network/ports.ts';
import { policyText, State } from '../../running/levee.ts';
import type { Data } from './api-client.ts';

export const password = 'correct horse 7';

/** Of that password, and quick to check. */
export const record = hashPasswordSync(password, { cost: 10, lanes: 1 });

export type PageReply = { readonly status: number; readonly data: Data; readonly headers: Headers };

/** Headers of a request; null: without that. */
type Given = Readonly<Record<string, string | null>>;

/** Levee with a page, its administrators `operator` and `reader`, and one policy. */
export class PageDoor {
  readonly state = new State();
  port = 0;

  async open(): Promise<void> {
    await this.state.daemonHere();
    this.port = await freePort();
    await this.console(
      policyText(await freePort(), await freePort(), 5),
      'config system accprofile',
      'edit "readers"',
      'set traroutegrp r',
      'set wafgrp r',
      'end',
      'config system admin',
      'edit "operator"',
      'set access-profile prof_admin',
      `set password ENC ${record}`,
      'next',
      'edit "reader"',
      'set access-profile "readers"',
      `set password ENC ${record}`,
      'end',
      'config system access-door',
      'edit "page"',
      'set type page',
      'set status enable',
      `set port ${this.port}`,
      'end',
    );
  }

  /** Enters lines on the machine itself. */
  async console(...lines: readonly string[]): Promise<string> {
    const words = lines.flatMap((line) => line.trim().split('\n')).flatMap((line) => ['-c', line]);
    const { status, stdout, stderr } = await this.state.here(words);
    assert.equal(status, 0, stderr);
    return stdout;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Asks as the page does, but for the headers given. */
  async ask(method: string, path: string, body?: unknown, given: Given = {}): Promise<PageReply> {
    const usual =
      method === 'GET'
        ? {}
        : { 'Content-Type': 'application/json', Origin: this.origin, 'Sec-Fetch-Site': 'same-origin' };
    const headers = Object.entries({ ...usual, ...given }).flatMap(([name, value]): [string, string][] =>
      value === null ? [] : [[name, value]],
    );
    const response = await fetch(`${this.origin}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const data: Data = JSON.parse(await response.text());
    return { status: response.status, data, headers: response.headers };
  }

  async login(name: string): Promise<PageUser> {
    const reply = await this.ask('POST', '/page/login', { name, password });
    assert.equal(reply.status, 200, JSON.stringify(reply.data));
    return new PageUser(this, reply);
  }
}

/** Somebody who has logged in. */
export class PageUser {
  readonly door: PageDoor;
  readonly cookie: string;
  readonly token: string;
  readonly state: SessionState;

  constructor(door: PageDoor, { headers, data }: PageReply) {
    this.door = door;
    this.cookie = (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    this.state = Object(data['session']);
    this.token = this.state.token;
  }

  ask(method: string, path: string, body?: unknown, given: Given = {}): Promise<PageReply> {
    const own = { Cookie: this.cookie, ...(method === 'GET' ? {} : { 'X-Levee-Token': this.token }) };
    return this.door.ask(method, path, body, { ...own, ...given });
  }

  run(...lines: readonly string[]): Promise<PageReply> {
    return this.ask('POST', '/page/run', { lines });
  }

  async session(): Promise<SessionState | null> {
    const { data } = await this.ask('GET', '/page/session');
    return data['session'] === null ? null : Object(data['session']);
  }
}

/** One Levee for all tests of a suite. */
export function pageOfSuite(): PageDoor {
  const door = new PageDoor();
  before(() => door.open());
  after(() => door.state.end());
  return door;
}
