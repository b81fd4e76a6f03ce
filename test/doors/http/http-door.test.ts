import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DoorSettings, NetworkDoor } from '../../../src/doors/door.ts';
import { selfSigned } from '../../../src/doors/http/certificate/self-signed.ts';
import { OwnCertificate } from '../../../src/doors/http/certificate/tls-files.ts';
import { examineNoPage } from '../../../src/doors/http/examination.ts';
import { plain, type Route } from '../../../src/doors/http/exchange.ts';
import { openHttpDoor } from '../../../src/doors/http/http-door.ts';
import { type HttpLimits, httpLimits } from '../../../src/doors/http/limits.ts';
import { freePort } from '../../network/ports.ts';
import { rawRequest, requestText } from './raw-request.ts';

type Opened = {
  readonly door: NetworkDoor;
  readonly port: number;
  readonly asked: { readonly count: number };
  readonly failures: readonly string[];
};

function newFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'levee-http-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function open(
  context: TestContext,
  given: Partial<DoorSettings> = {},
  limits: Partial<HttpLimits> = {},
  folder = newFolder(context),
): Promise<Opened> {
  const port = await freePort();
  const settings: DoorSettings = {
    row: 1,
    name: 'api',
    type: 'metrics',
    address: '127.0.0.1',
    port,
    trusts: () => true,
    tls: null,
    hostNames: ['levee.example'],
    banner: '',
    idleMinutes: 5,
    ...given,
  };
  const failures: string[] = [];
  const asked = { count: 0 };
  const route: Route = {
    GET: ({ origin, query }) => {
      asked.count += 1;
      return plain(200, `${origin.name} ${query.get('a')}`);
    },
    POST: async ({ body, admit }) => {
      admit({ account: 1, mayDoEverything: false });
      return plain(200, `${(await body()).length}`);
    },
    DELETE: () => {
      throw new Error('the disk is full');
    },
  };
  const services = {
    routes: new Map([['/here', route]]),
    refuse: plain,
    examine: examineNoPage,
    certificate: new OwnCertificate(join(folder, 'http-')),
    failed: (path: string, reason: string) => void failures.push(`${path}: ${reason}`),
  };
  const door = await openHttpDoor(() => settings, services, { ...httpLimits, ...limits });
  context.after(() => door.close());
  return { door, port, failures, asked };
}

test('a path that is not written as it is known leads nowhere', async (context) => {
  const { port } = await open(context);
  assert.equal((await rawRequest(port, requestText('/here?a=1'))).body, 'metrics(127.0.0.1) 1\n');
  const refused: Readonly<Record<string, number>> = {
    '/': 404,
    '/here/': 404,
    '/HERE': 404,
    '/%68ere': 404,
    '/constructor': 404,
    '/__proto__': 404,
    '//here': 400,
    '/x/../here': 400,
    '/x/%2e%2e/here': 400,
    '/here%2f': 400,
    '/here%3Fa': 400,
    '/here%5c': 400,
    '/here\\': 400,
    '/here%00': 404,
    '/here%zz': 400,
    'http://127.0.0.1/here': 400,
    '*': 400,
  };
  for (const [target, status] of Object.entries(refused)) {
    const reply = await rawRequest(port, requestText(target));
    assert.equal(reply.status, status, target);
  }
  for (const method of ['PUT', 'OPTIONS', 'TRACE', 'PATCH'])
    assert.equal((await rawRequest(port, requestText('/here', {}, method))).status, 405, method);
  const head = await rawRequest(port, requestText('/here', {}, 'HEAD'));
  assert.deepEqual([head.status, head.body], [200, '']);
});

test('whoever calls it by another name, or asks from a page, is refused', async (context) => {
  const { port } = await open(context);
  const status = async (headers: Readonly<Record<string, string>>): Promise<number> =>
    (await rawRequest(port, requestText('/here', headers))).status;
  for (const host of ['127.0.0.1', `127.0.0.1:${port}`, 'localhost', 'LEVEE.example:1'])
    assert.equal(await status({ Host: host }), 200, host);
  for (const host of ['evil.example', '127.0.0.1.evil.example', '127.0.0.2', '[::1]', ''])
    assert.equal(await status({ Host: host }), 421, host);
  assert.equal(await status({ 'Sec-Fetch-Site': 'none' }), 200);
  for (const site of ['cross-site', 'same-site', 'whatever'])
    assert.equal(await status({ 'Sec-Fetch-Site': site }), 403, site);
  assert.equal(await status({ Origin: 'http://evil.example' }), 403);
  assert.equal(await status({ Origin: 'null' }), 403);
});

test('each answer says that it is no page and that nobody may keep it', async (context) => {
  const { port, failures } = await open(context);
  for (const [target, method] of [
    ['/here', 'GET'],
    ['/nowhere', 'GET'],
    ['/here', 'DELETE'],
  ] as const) {
    const { headers } = await rawRequest(port, requestText(target, {}, method));
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'; frame-ancestors 'none'/);
  }
  assert.deepEqual(failures, ['/here: the disk is full']);
});

test('a head or a body that is too large ends its connection', async (context) => {
  const { port } = await open(context, {}, { bodySize: 100 });
  const large = { 'Content-Length': '101' };
  assert.equal((await rawRequest(port, requestText('/here', large, 'POST'))).status, 413);
  const chunks = `${requestText('/here', { 'Transfer-Encoding': 'chunked' }, 'POST')}65\r\n${'a'.repeat(101)}\r\n0\r\n\r\n`;
  assert.equal((await rawRequest(port, chunks)).status, 413);
  const binary = requestText('/here', { 'Content-Length': '1' }, 'POST', '\xff');
  assert.equal((await rawRequest(port, binary)).status, 400);
  assert.equal((await rawRequest(port, requestText('/here', { A: 'a'.repeat(20_000) }))).status, 431);
});

test('a head or a body that does not come ends its connection', async (context) => {
  const { door, port } = await open(context, {}, { head: 40, request: 80, look: 10 });
  assert.equal((await rawRequest(port, 'GET /here HTTP/1.1\r\nHost:')).status, 408);
  assert.equal((await rawRequest(port, requestText('/here', { 'Content-Length': '9' }, 'POST'))).status, 408);
  const silent = connect(port, '127.0.0.1').resume();
  await once(silent, 'close');
  assert.equal(door.strangers, 0);
});

test('a request that comes while another is answered ends its connection', async (context) => {
  const { door, port, asked } = await open(context);
  const request = requestText('/here', { Connection: 'keep-alive' });
  const client = connect(port, '127.0.0.1').resume();
  for (let count = 0; count < 3; count++) {
    client.write(request);
    await once(client, 'data');
  }
  assert.deepEqual([door.strangers, asked.count], [1, 3]);
  client.write(request.repeat(100));
  await once(client, 'close');
  assert.equal(asked.count, 4, 'one is begun');
});

test('connections without a token have an end of their number, and others find room', async (context) => {
  const { door, port } = await open(context, {}, { strangers: { each: 3, all: 8 } });
  const sockets = Array.from({ length: 6 }, () => connect(port, '127.0.0.1').resume());
  context.after(() => sockets.map((socket) => socket.destroy()));
  await Promise.all(sockets.slice(0, 3).map((socket) => once(socket, 'close')));
  assert.equal(door.strangers, 3);
  const request = requestText('/here', { Connection: 'keep-alive', 'Content-Length': '0' }, 'POST');
  const [known = new Socket()] = sockets.slice(3);
  known.write(request);
  await once(known, 'data');
  assert.deepEqual([door.guests, door.strangers], [1, 2]);
  door.close();
  await Promise.all(sockets.slice(3).map((socket) => (socket.destroyed ? undefined : once(socket, 'close'))));
});

test('whoever is not trusted is not even heard', async (context) => {
  const { port } = await open(context, { trusts: () => false });
  await assert.rejects(
    rawRequest(port, requestText('/here')).then(({ status }) => assert.notEqual(status, 0)),
  );
});

test('TLS has a certificate of its own, which stays, or the one of the administrator', async (context) => {
  const folder = newFolder(context);
  const [own, files] = [{ certificate: '', key: '' }, join(folder, 'http-')];
  const ask = async (port: number, ca: string): Promise<number | undefined> => {
    const request = get({ port, host: 'localhost', path: '/here', ca, agent: false, family: 4 });
    const [response] = await once(request, 'response');
    response.resume();
    return response.statusCode;
  };
  const { port } = await open(context, { tls: own }, {}, folder);
  const { certificate } = new OwnCertificate(files).get();
  assert.equal(await ask(port, certificate), 200);
  assert.equal(statSync(`${files}key.pem`).mode & 0o777, 0o600);
  const parsed = new X509Certificate(certificate);
  assert.ok(parsed.checkHost('localhost') && parsed.checkIP('127.0.0.1') && parsed.verify(parsed.publicKey));
  assert.equal(new OwnCertificate(files).get().certificate, certificate);

  const theirs = selfSigned(['localhost'], ['192.0.2.1', '2001:db8::1']);
  assert.ok(new X509Certificate(theirs.certificate).checkIP('2001:db8::1'));
  writeFileSync(join(folder, 'c.pem'), theirs.certificate);
  writeFileSync(join(folder, 'k.pem'), theirs.key);
  const tls = { certificate: join(folder, 'c.pem'), key: join(folder, 'k.pem') };
  const second = await open(context, { tls }, {}, folder);
  assert.equal(await ask(second.port, theirs.certificate), 200);
  await assert.rejects(ask(second.port, certificate));
  const renewed = await open(context, { tls }, { renewal: 5 }, folder);
  assert.equal(await ask(renewed.port, theirs.certificate), 200);
  writeFileSync(tls.certificate, 'half of it');
  while (renewed.failures.length === 0) await nextTurn();
  assert.equal(await ask(renewed.port, theirs.certificate), 200, 'the one before stays');
  const next = selfSigned(['localhost'], []);
  writeFileSync(tls.key, next.key);
  writeFileSync(tls.certificate, next.certificate);
  while ((await ask(renewed.port, next.certificate).catch(() => 0)) !== 200) await nextTurn();
  await assert.rejects(
    open(context, { tls: { ...tls, key: `${files}key.pem` } }, {}, folder),
    /can't be used/,
  );
  await assert.rejects(
    open(context, { tls: { ...tls, key: '/nowhere' } }, {}, folder),
    /nowhere can't be read/,
  );
});
