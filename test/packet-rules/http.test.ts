import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flag } from '../../src/packets/headers/tcp.ts';
import { rounds } from '../campaign.ts';
import { tcpOf } from '../packets/frames.ts';
import fc from '../property.ts';
import { cut, heard, said, type Turns } from './http-talk.ts';
import { type Ran, runRules } from './running.ts';

const start = `require('protocol/ipv4') require('protocol/tcp') http = require('protocol/http')
haka.rule{ hooks = { 'tcp-connection-new' }, eval = function(self, pkt)
  if pkt.tcp.dstport == 80 then pkt.next_dissector = 'http' end
end }
`;
function onHttp(hook: string, code: string): string {
  return `haka.rule{ hooks = { '${hook}' }, eval = function(self, http) ${code} end }\n`;
}
function run(code: string, turns: Turns, options = {}): Ran {
  return runRules(start + code, said(turns), options);
}

const request = 'GET /a/b?x=1 HTTP/1.1\r\nHost: example.org\r\nUser-Agent: Test/1.0\r\nAccept: */*\r\n\r\n';
const answer =
  'HTTP/1.1 200 OK\r\nServer: Fine/1.2\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello';
const plain: Turns = [`>${request}`, `<${answer}`];

test('rules see requests and responses with all their parts, and nothing changes that they leave alone', () => {
  const { lines, passed } = run(
    onHttp(
      'http-request',
      `local r = http.request
       print(r.method, r.uri, r.version, r.headers['Host'], r.headers['user-agent'], r.headers.Nothing, http.response)
       print(http.connection.srcip, http.connection.dstport, http.dissector, http:valid(), type(r.headers), type(r.data))`,
    ) +
      onHttp(
        'http-response',
        `local r = http.response
         print(r.version, r.status, r.reason, r.headers['Content-Length'], http.request.uri, r.data:available())`,
      ),
    plain,
  );
  assert.deepEqual(lines, [
    'GET /a/b?x=1 HTTP/1.1 example.org Test/1.0 nil nil',
    '10.0.0.1 80 http true table userdata',
    'HTTP/1.1 200 OK 5 /a/b?x=1 5',
  ]);
  const untouched = runRules('', said(plain)).passed.map(({ bytes }) => Buffer.from(bytes).toString('hex'));
  assert.deepEqual(
    passed.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
    untouched,
  );
});

const changing =
  onHttp(
    'http-request',
    `local r = http.request
     r.uri = '/elsewhere' r.headers['Host'] = 'haka.example' r.headers['user-agent'] = nil
     r.headers['X-One'] = 1 r.headers['X-Two'] = 'two'`,
  ) +
  onHttp(
    'http-response',
    `local r = http.response r.headers.Server = nil r.status = '404' r.reason = 'Not Found' r.headers.Haka = 'Done'`,
  );
const changedRequest =
  'GET /elsewhere HTTP/1.1\r\nHost: haka.example\r\nAccept: */*\r\nX-One: 1\r\nX-Two: two\r\n\r\n';
const changedAnswer =
  'HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nContent-Type: text/plain\r\nHaka: Done\r\n\r\nhello';

test('what rules change is written, in its place, and the rest is what it was', () => {
  const { passed, lines } = run(changing, plain);
  assert.deepEqual(lines, []);
  assert.deepEqual(heard(passed), { server: changedRequest, client: changedAnswer });
  for (const hook of ['http-up', 'http-down']) {
    const late = run(
      onHttp(hook, "if http.request and http.response == nil then http.request.uri = '/late' end"),
      plain,
    );
    assert.deepEqual(late.lines, []);
    assert.equal(heard(late.passed).server, request.replace('/a/b?x=1', '/late'), hook);
    assert.equal(heard(late.passed).client, answer);
  }
});

test('unusual lines are left byte for byte', () => {
  const odd =
    'POST  /x\t HTTP/1.0 \nX:1\r\nEmpty:\r\nFolded: a\r\n  b\r\nSet: 1\r\nSet: 2\nAccept : q \r\nContent-Length: 2\r\n\r\n\0\xff';
  const { lines, passed } = run(
    onHttp(
      'http-request',
      "local h = http.request.headers print(h.X, h.Empty == '', h.Folded, h.Set, h.Accept) h.X = '3' h.New = 'n'",
    ),
    [`>${odd}`],
  );
  assert.deepEqual(lines, ['1 true a b 2 q']);
  const expected = odd
    .replace('X:1', 'X:3')
    .replace('Content-Length: 2\r\n', 'Content-Length: 2\r\nNew: n\r\n');
  assert.equal(heard(passed).server, expected);
  const several = (code: string) => heard(run(onHttp('http-request', code), [`>${odd}`]).passed).server;
  assert.equal(several("http.request.headers.Set = '9'"), odd.replace('Set: 1\r\nSet: 2\n', 'Set: 9\n'));
  assert.equal(several('http.request.headers.set = nil'), odd.replace('Set: 1\r\nSet: 2\n', ''));
});

test('messages are found however they are cut, one behind the other in a segment, chunked or to the end', () => {
  const first =
    'POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nGET /\r\n3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n';
  const second = 'POST /2 HTTP/1.1\r\nContent-Length: 7\r\n\r\nGET / H';
  const third = 'HEAD /3 HTTP/1.1\r\n\r\n';
  const fourth = 'GET /4 HTTP/1.1\r\n\r\n';
  const answers = [
    ...['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ...['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n'],
    ...['HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n', 'HTTP/1.0 200 \r\n\r\nHTTP/1.1 500 NO\r\n\r\n'],
  ].join('');
  const rules =
    onHttp('http-request', "print(http.request.method, http.request.uri) http.request.headers.Seen = 'yes'") +
    onHttp(
      'http-response',
      "print(http.response.status, http.request.uri) http.response.headers.Seen = 'yes'",
    );
  const seen = (text: string) => text.replace(/\r\n\r\n/, '\r\nSeen: yes\r\n\r\n');
  const expectedAnswers = answers.replaceAll(
    /(HTTP\/1\.[01] (?:[1-4]..).*?)\r\n\r\n/gs,
    '$1\r\nSeen: yes\r\n\r\n',
  );
  const requests = first + second + third + fourth;
  for (const length of [1, 2, 3, 7, 40, 10_000]) {
    const { lines, passed } = run(rules, [...cut('>', requests, length), ...cut('<', answers, length)]);
    assert.deepEqual(
      lines,
      [...['POST /1', 'POST /2', 'HEAD /3', 'GET /4'], ...['100 /1', '204 /1', '200 /2', '200 /3', '200 /4']],
      `${length}`,
    );
    assert.deepEqual(heard(passed), {
      server: seen(first) + seen(second) + seen(third) + seen(fourth),
      client: expectedAnswers,
    });
  }
});

test('heads that are made to take long take no longer than others', () => {
  const long = 200_000;
  const pieces = (text: string) => cut('>', text, 1400);
  for (const [head, code, seen] of [
    [`GET / HTTP/1.1\r\nA: b${' '.repeat(long)}c\r\n\r\n`, '#http.request.headers.A', String(long + 2)],
    [`GET / HTTP/1.1\r\nA:${'\r\n \t'.repeat(long / 4)}b\r\n\r\n`, 'http.request.headers.A', 'b'],
    [`GET / HTTP/1.1\r\n${'a:\r\n'.repeat(long / 4)}\r\n`, '#http.request.headers.a', '0'],
    [`GET ${'/..'.repeat(long / 3)} HTTP/1.1\r\n\r\n`, '#http.request:split_uri():normalize().path', '1'],
    [`GET /${'?&=:@'.repeat(long / 5)} HTTP/1.1\r\n\r\n`, 'type(http.request:split_uri())', 'table'],
  ] as const) {
    const rules = onHttp(
      'http-request',
      `print(${code}) http.request.headers.X = 1 http.request.headers.a = nil`,
    );
    const { lines, passed } = run(rules, pieces(head));
    assert.deepEqual(lines, [seen]);
    assert.match(heard(passed).server, /X: 1\r\n\r\n$/);
  }
  const endless = run(
    onHttp('http-request', "print('never')"),
    pieces(`GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(50_000)}`),
  );
  assert.ok(endless.lines.includes('\tdescription = invalid http request'));
});

test('a truncated message goes as it came when the capture ends', () => {
  const { lines, passed } = runRules(
    start + onHttp('http-request', "print('seen')"),
    said([`>${request.slice(0, 50)}`], { isCut: true }),
  );
  assert.deepEqual(lines, []);
  assert.equal(heard(passed).server, request.slice(0, 50));
});

test('drop and reset', () => {
  const dropped = run(onHttp('http-request', 'http:drop() print(http:valid())'), plain);
  assert.deepEqual(dropped.lines, ['false']);
  assert.deepEqual(heard(dropped.passed), { server: '', client: '' });
  const reset = run(onHttp('http-response', 'http:reset()'), plain);
  assert.deepEqual(heard(reset.passed), { server: request, client: '' });
  assert.deepEqual(
    reset.passed.slice(-2).map((packet) => [tcpOf(packet).flags, tcpOf(packet).sequence]),
    [
      [Flag.rst, 101 + request.length],
      [Flag.rst, 501],
    ],
  );
});

test('what is no HTTP is told of and dropped, and tunnels are left alone', () => {
  const ssh = run(onHttp('http-request', "print('never')"), ['>SSH-2.0-x\r\n']);
  assert.ok(ssh.lines.includes('\tdescription = invalid http request'));
  assert.equal(heard(ssh.passed).server, '');
  const binary = run(onHttp('http-request', 'print(http.request.uri)'), ['>GET /\xeb\x01 HTTP/1.1\r\n\r\n']);
  assert.deepEqual(binary.lines, ['/\xeb\x01']);
  const tunnel = run(onHttp('http-response', 'print(http.response.status)'), [
    '>GET / HTTP/1.1\r\nUpgrade: x\r\n\r\n',
    '<HTTP/1.1 101 Go\r\n\r\n\0\x01',
    '<\x02binary\r\n\r\n',
  ]);
  assert.deepEqual(tunnel.lines, ['101']);
  assert.equal(heard(tunnel.passed).client, 'HTTP/1.1 101 Go\r\n\r\n\0\x01\x02binary\r\n\r\n');
});

test('a rule may rewrite the body through the stream, and the next message is still found', () => {
  const body = 'POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nsecret';
  const { lines, passed } = run(
    onHttp(
      'http-request',
      `print(http.request.uri)
       if http.request.method == 'POST' then
         local s = http.request.data s:erase(6) s:insert('x') http.request.headers['Content-Length'] = 1
       end`,
    ),
    [`>${body}${request}`],
  );
  assert.deepEqual(lines, ['/', '/a/b?x=1']);
  assert.equal(heard(passed).server, `POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx${request}`);
});

test('pass-through: rules read, and what they write is an error', () => {
  const ran = run(
    onHttp(
      'http-request',
      "print(http.request.uri) if http.request.uri == '/a/b?x=1' then http.request.uri = '/' end",
    ),
    ['>GET /1 HTTP/1.1\r\n', '>\r\n', `>${request}`],
    { isPassThrough: true },
  );
  assert.deepEqual(ran.lines, ['/1', '/a/b?x=1', 'error core: operation not supported (pass-through mode)']);
});

test('a hole in a head ends the reading with a warning, one in a body does not', () => {
  const inBody = said([
    `>${request}`,
    '<HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n0123456789',
    '<0123456789',
    '<0123456789',
    `<${answer}`,
  ]);
  const rules = start + onHttp('http-response', 'print(http.response.status)');
  const { lines } = runRules(rules, inBody.toSpliced(5, 1));
  assert.deepEqual(
    lines.filter((line) => !line.startsWith('warn')),
    ['200', '200'],
  );
  const inHead = said([`>${request}`, '<HTTP/1.1 200 OK\r\nConte', '<nt-Length: 0\r\nA: b\r\n', '<\r\n']);
  const broken = runRules(rules, inHead.toSpliced(5, 1));
  assert.match(broken.lines.join('\n'), /a response of .* was not captured whole/);
});

test('splitting of a URI and of cookies, and normalizing', () => {
  const printed = (code: string): string[] =>
    runRules(`http = require('protocol/http')\n${code}`, []).start.filter(
      (line) => !/^(info|warn)|^$/.test(line),
    );
  assert.deepEqual(
    printed(`local u = http.uri.split('http://me:my@www.Example.com:8888/a/../b?a=1&b=2&c#frag')
      print(u.scheme, u.authority, u.userinfo, u.user, u.pass, u.host, u.port, u.path, u.query, u.fragment)
      print(u.args.a, u.args.b, u.args.c, tostring(u))
      local s = http.uri.split('/page?a=1&a=2') print(s.args.a, s.host, s.path, s.fragment)
      local w = http.uri.split('www.example.com:8888/foo') print(w.authority, w.host, w.port, w.path)
      print(http.uri.normalize('HTTP://Example.COM:80/%7euser/./a/../%c3%a9?q=%2e'), http.uri.normalize('/a/b/../c'))
      local n = http.uri.split('Example.com'):normalize() print(n.scheme, n.host, n.path)
      u.args.a = nil u.args.d = 'new' print(tostring(u))
      local c = http.cookies.split('a=3; b=5;;c;d=x=y') print(c.a, c.b, c.c, c.d, tostring(http.cookies.split('a=1;b=2')))
      print(next(http.cookies.split(nil)))`),
    [
      'http me:my@www.Example.com:8888 me:my me my www.Example.com 8888 /a/../b a=1&b=2&c frag',
      '1 2 true http://me:my@www.Example.com:8888/a/../b?a=1&b=2&c#frag',
      ...['2 nil /page nil', 'www.example.com:8888 www.example.com 8888 /foo'],
      ...['http://example.com/~user/%C3%A9?q=. /a/c', 'http example.com /'],
      ...['http://me:my@www.Example.com:8888/a/../b?b=2&c&d=new#frag', '3 5 nil x=y a=1;b=2', 'nil'],
    ],
  );
  const { lines } = run(
    onHttp(
      'http-request',
      `local r = http.request r.own = 'mine'
       print(r:split_uri() == r:split_uri(), r:split_uri().args.x, r:split_cookies().id)`,
    ) + onHttp('http-response', 'print(http.request.own) http.request:dump()'),
    [`>${request.replace('Accept', 'Cookie: id=7\r\nAccept')}`, `<${answer}`],
  );
  assert.deepEqual(lines, [
    ...['true 1 7', 'mine', ' headers'],
    ...['   Accept = */*', '   Cookie = id=7', '   Host = example.org', '   User-Agent = Test/1.0'],
    ...[' method = GET', ' own = mine', ' uri = /a/b?x=1', ' version = HTTP/1.1'],
  ]);
});

test('rules of a later Haka: events of http, with the message beside the connection', () => {
  const { lines, passed } = runRules(
    `http = require('protocol/http') http.install_tcp_rule(80)
     haka.rule{ hook = http.events.request, eval = function(http, request)
       print(http.flow.srcip, request.uri) request.headers['X'] = 'y' end }
     haka.rule{ hook = http.events.response, eval = function(http, response) print(response.status) end }`,
    said(plain),
  );
  assert.deepEqual(lines, ['10.0.0.1 /a/b?x=1', '200']);
  assert.equal(heard(passed).server, request.replace('\r\n\r\n', '\r\nX: y\r\n\r\n'));
});

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/);
const message = fc.record({
  uri: fc.stringMatching(/^\/[a-z0-9/?=&.]{0,20}$/),
  headers: fc.uniqueArray(fc.tuple(token, fc.stringMatching(/^[!-~]{0,12}$/)), {
    maxLength: 4,
    selector: ([name]) => name.toLowerCase(),
  }),
  body: fc.option(fc.stringMatching(/^[ -~\r\n]{0,40}$/)),
  chunk: fc.option(fc.integer({ min: 1, max: 9 })),
});

function textOf({
  uri,
  headers,
  body,
  chunk,
}: typeof message extends fc.Arbitrary<infer T> ? T : never): string {
  const own = headers.filter(([name]) => !/^(?:content-length|transfer-encoding|x-seen|x-gone)$/i.test(name));
  const lines = own.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = `POST ${uri} HTTP/1.1\r\nX-Gone: 1\r\n${lines}`;
  if (body === null) return `${head}\r\n`;
  if (chunk === null) return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  const chunks = (body.match(new RegExp(`.{1,${chunk}}`, 'gs')) ?? []).map(
    (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
  );
  return `${head}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`;
}

test('however messages are cut, each head is edited and nothing else', () => {
  const rules = onHttp(
    'http-request',
    "http.request.uri = http.request.uri .. '!' http.request.headers['x-gone'] = nil http.request.headers['X-Seen'] = 'yes'",
  );
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 60 }),
      (all, length) => {
        const texts = all.map(textOf);
        const { lines, passed } = run(rules, cut('>', texts.join(''), length));
        assert.deepEqual(lines, []);
        const expected = texts.map((text, index) => {
          const edited = text
            .replace(`${all[index]?.uri} HTTP`, `${all[index]?.uri}! HTTP`)
            .replace('X-Gone: 1\r\n', '');
          return edited.replace('\r\n\r\n', '\r\nX-Seen: yes\r\n\r\n');
        });
        assert.equal(heard(passed).server, expected.join(''));
      },
    ),
    { numRuns: rounds(16, 200), endOnFailure: true },
  );
});
