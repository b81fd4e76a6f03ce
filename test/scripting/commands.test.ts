import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socketOptions } from '../../src/scripting/commands/tcp/socket-options.ts';
import type { EventName } from '../../src/scripting/script/events.ts';
import { FakeConnection, world } from './harness.ts';

/** The results of expressions of Lua in an event, as tostring gives them, and what was done to the connection. */
function inEvent(event: EventName, ...expressions: string[]): { said: string[]; port: FakeConnection } {
  const lines = expressions
    .map((expression) => `log("%s", table.concat(each(${expression}), " "))`)
    .join('\n');
  const { runner, lines: said } = world(`
    function each(...)
      local t = {}
      for i = 1, select("#", ...) do t[i] = tostring((select(i, ...))) end
      return t
    end
    when ${event} { ${lines} }`);
  const port = new FakeConnection();
  runner.fire(event, runner.open(port));
  return { said: said().map((line) => line.replace(/^log: /, '')), port };
}

function says(expected: Readonly<Record<string, string>>, event: EventName = 'TCP_ACCEPTED'): void {
  const { said } = inEvent(event, ...Object.keys(expected));
  assert.deepEqual(
    Object.fromEntries(Object.keys(expected).map((key, index) => [key, said[index]])),
    expected,
  );
}

function fails(expression: string, expected: RegExp, event: EventName = 'TCP_ACCEPTED'): void {
  assert.match(
    inEvent(event, `pcall(function() return ${expression} end)`).said.join(),
    expected,
    expression,
  );
}

test('set_snat_ip takes an address, or an address and a port', () => {
  const { said, port } = inEvent(
    'TCP_ACCEPTED',
    ...[
      '10.1.1.1',
      '10.1.1.1:4000',
      '2001:db8::1',
      '[2001:db8::1]:4000',
      '[2001:db8::1]',
      '::ffff:10.0.0.1',
    ].map((text) => `TCP:set_snat_ip("${text}")`),
    ...['', '10.1.1', '10.1.1.1:70000', '[10.1.1.1]:5', '2001:db8::g', 'name:4', '203.0.113.99'].map(
      (text) => `TCP:set_snat_ip("${text}")`,
    ),
    'TCP:clear_snat_ip()',
    'TCP:clear_snat_ip()',
  );
  assert.deepEqual(said, [...Array(6).fill('true'), ...Array(7).fill('false'), 'true', 'false']);
  assert.deepEqual(port.done, [
    'source 10.1.1.1 0',
    'source 10.1.1.1 4000',
    'source 2001:db8::1 0',
    'source 2001:db8::1 4000',
    'source 2001:db8::1 0',
    'source ::ffff:10.0.0.1 0',
  ]);
});

test('sockopt knows 19 names, and gives back what was set', () => {
  assert.equal(socketOptions.length, 19);
  for (const { name, access, least, most } of socketOptions) {
    if (access === 'none' || name === 'so_mark') continue;
    const value = Math.min(most, Math.max(least, 1));
    if (access === 'both')
      says({ [`TCP:sockopt{op = "set", message = "${name}", value = ${value}}`]: 'true' });
    else
      fails(
        `TCP:sockopt{op = "set", message = "${name}", value = 1}`,
        new RegExp(`${name} can be read, not set`),
      );
    for (const beyond of [least - 1, most + 1]) {
      const range = new RegExp(
        access === 'both' ? `${name} takes an integer from ${least} to ${most}` : 'not set',
      );
      fails(`TCP:sockopt{op = "set", message = "${name}", value = ${beyond}}`, range);
    }
  }
});

test('sockopt acts on the side of the event', () => {
  const set = 'TCP:sockopt{op = "set", message = "maxseg", value = 1240}';
  const get = 'TCP:sockopt{op = "get", message = "maxseg"}';
  for (const [event, side] of [
    ['TCP_ACCEPTED', 'client'],
    ['SERVER_CONNECTED', 'member'],
    ['SERVER_BEFORE_CONNECT', 'member'],
  ] as const) {
    const { said, port } = inEvent(event, get, set, get);
    assert.deepEqual(said, ['nil', 'true', '1240']);
    assert.deepEqual([...port.options], [[`${side} maxseg`, 1240]]);
  }
});

test('what the system refuses is false and why; a mistake in the call is an error', () => {
  says({
    'TCP:sockopt{op = "set", message = "so_mark", value = 1}': 'false operation not permitted',
    'TCP:sockopt{op = "set", message = "tcp_nodelay", value = true}': 'true',
    'TCP:sockopt{op = "get", message = "so_type"}': '1',
    'TCP:sockopt{op = "get", type = 28}:byte(1, -1)': '0 255 7',
    'TCP:sockopt{op = "get", type = 29}': 'nil',
  });
  fails('TCP:sockopt{op = "get", message = "ip_reputation"}', /ip_reputation is no option of a socket/);
  fails('TCP:sockopt{op = "get", message = "mss"}', /unknown option 'mss'; there are snd_buf, /);
  fails('TCP:sockopt{op = "get"}', /'message' names the option/);
  fails('TCP:sockopt{message = "tos"}', /op must be 'get' or 'set'/);
  fails('TCP:sockopt{op = "set", message = "tos"}', /takes a 'value'/);
  fails('TCP:sockopt{op = "set", type = 28}', /'type' can be read, not set/);
  fails('TCP:sockopt{op = "get", type = 28, message = "tos"}', /either 'message' or 'type'/);
  fails('TCP:sockopt("tos")', /bad argument #1 to 'sockopt' \(table expected, got string\)/);
  fails('TCP.sockopt{}', /bad argument|call it with a colon/);
  fails('TCP.reject()', /call it with a colon: TCP:reject\(\)/);
});

test('sockopt on the listener', () => {
  const { runner, lines } = world(
    'when TCP_BIND { log("%s", TCP:sockopt{op = "set", message = "rcv_buf", value = 9000}) TCP:close() }',
  );
  const port = new FakeConnection();
  runner.fireBind(port);
  assert.deepEqual([...port.options], [['client rcv_buf', 9000]]);
  assert.equal(lines()[0], 'log: true');
  assert.match(lines()[1] ?? '', /TCP:close\(\) can't be used in VS_LISTENER_BIND/);
});

test('count and block', () => {
  const { said, port } = inEvent('TCP_ACCEPTED', 'TCP:count()', 'TCP:count("203.0.113.1")', 'TCP:block(60)');
  assert.deepEqual(said, ['3', '0', 'true']);
  assert.deepEqual(port.done, ['block 60']);
  fails('TCP:count("nobody")', /no address: 'nobody'/);
  fails('TCP:block(0)', /from 1 to 3600 seconds/);
});

test('addresses of the sides', () => {
  says({
    'IP:client_addr()': '192.0.2.7',
    'IP:client_port()': '40112',
    'IP:client_ip_ver()': '4',
    'IP:local_addr()': '198.51.100.10',
    'IP:local_port()': '80',
    'IP:remote_addr()': '192.0.2.7',
  });
  says(
    {
      'IP:client_addr()': '192.0.2.7',
      'IP:local_addr()': '10.0.0.1',
      'IP:remote_addr()': '10.0.0.5',
      'IP:remote_port()': '8080',
      'IP:server_addr()': '10.0.0.5',
      'IP:server_port()': '8080',
      'IP:server_ip_ver()': '4',
    },
    'SERVER_CONNECTED',
  );
  fails('IP:server_addr()', /can't be used in TCP_ACCEPTED/);
});

test('a side whose socket has forgotten its addresses has none', () => {
  const { runner, lines } = world(
    'when SERVER_CLOSED { log("%s %s %s %s", IP:local_addr(), IP:local_port(), IP:remote_addr(), IP:remote_port()) }',
  );
  const port = new FakeConnection();
  const nowhere = { address: '', port: 0 };
  port.ends = () => ({ local: nowhere, remote: nowhere });
  runner.fire('SERVER_CLOSED', runner.open(port));
  assert.deepEqual(lines(), ['log: nil nil nil nil']);
});

test('pools and members', () => {
  const { said, port } = inEvent(
    'TCP_ACCEPTED',
    'table.concat(LB:get_valid_routing(), ",")',
    'LB:get_current_routing() == ""',
    'LB:routing("spare")',
    'LB:routing("none")',
    'LB:upstream("web")',
    'LB:get_current_routing()',
    'LB:set_real_server("srv1")',
    'LB:set_real_server("srv9")',
    'LB:set_peer("10.0.0.5", "8080")',
    'LB:method_assign_server()',
  );
  assert.deepEqual(said, [
    'web,spare',
    'true',
    'true',
    'false',
    'true',
    'web',
    'true',
    'false',
    'true',
    'srv1',
  ]);
  assert.deepEqual(port.done, [
    'pool spare',
    'pool web',
    'server srv1',
    'server srv9',
    'server 10.0.0.5 8080',
  ]);
  fails('LB:set_peer("x", 1)', /no address: 'x'/);
});

test('identifiers', () => {
  const { said } = inEvent(
    'TCP_ACCEPTED',
    'MGM:rand_id()',
    'MGM:rand_id()',
    'math.type(MGM:get_session_id())',
    'MGM:set_auto{}',
  );
  assert.match(said[0] ?? '', /^[0-9a-f]{32}$/);
  assert.notEqual(said[0], said[1]);
  assert.equal(said[2], 'integer');
});

test('comparing addresses', () => {
  for (const [address, group, expected] of [
    ['192.3.2.1', '192.3.2.0/24', true],
    ['192.3.2.1/24', '192.3.2.0/32', true],
    ['192.3.3.1', '192.3.2.0/24,10.0.0.0/8', false],
    ['10.9.8.7', '192.3.2.0/24, 10.0.0.0/8', true],
    ['::ffff:192.3.2.1', '192.3.2.0/24', true],
    ['192.3.2.1', '::ffff:192.3.2.0/120', true],
    ['192.3.2.1', '192.3.0.0/255.255.0.0', true],
    ['192.3.2.1', '192.3.0.0/255.0.255.0', false],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:db8::1', '2001:db8::/129', false],
    ['nonsense', '0.0.0.0/0', false],
    ['1.2.3.4', '0.0.0.0/0', true],
    ['1.2.3.4', '', false],
  ] as const) {
    says({ [`cmp_addr("${address}", "${group}")`]: String(expected) });
  }
});

test('lists', () => {
  const list = '{"/admin", "/api", 7, x = "/admin/users"}';
  const counts = (call: string): string =>
    inEvent('TCP_ACCEPTED', `(function(m, n, t) return m, n, table_to_string(t) end)(${call})`).said.join();
  assert.equal(
    counts(`class_match("/admin/users", "starts_with", ${list})`),
    'true 2 {["x"]="/admin/users",[1]="/admin"}',
  );
  assert.equal(counts(`class_match("/admin", "equals", ${list})`), 'true 1 {[1]="/admin"}');
  assert.equal(counts(`class_match("zone", "contains", ${list})`), 'false 0 {}');
  assert.equal(
    counts(`class_search(${list}, "starts_with", "/admin")`),
    'true 2 {["x"]="/admin/users",[1]="/admin"}',
  );
  assert.equal(counts(`class_search(${list}, "ends_with", "i")`), 'true 1 {[2]="/api"}');
  fails(
    `class_match("a", "like", {})`,
    /unknown operation 'like'; there are starts_with, ends_with, contains, equals/,
  );
});

test('clocks', () => {
  says({ 'time()': '1795169742', 'time_ms()': '1795169742000', 'gmtime()': 'Fri 20 Nov 2026 10:15:42 GMT' });
  assert.match(
    inEvent('TCP_ACCEPTED', 'ctime()').said.join(),
    /^[A-Z][a-z]{2} Nov [ 12]\d \d\d:\d\d:\d\d 2026$/,
  );
});

test('random values', () => {
  const { said } = inEvent(
    'TCP_ACCEPTED',
    'rand_hex(40)',
    'rand_alphanum(40)',
    'rand_seq(40)',
    'math.type(rand())',
    'get_pid() > 0',
  );
  assert.match(said[0] ?? '', /^[0-9a-f]{40}$/);
  assert.match(said[1] ?? '', /^[0-9A-Za-z]{40}$/);
  assert.match(said[2] ?? '', /^[0-9]{40}$/);
  assert.deepEqual(said.slice(3), ['integer', 'true']);
  const seeded = (): string[] =>
    inEvent('TCP_ACCEPTED', '(function() srand("x") return rand(), rand(), rand_hex(8) end)()').said;
  assert.deepEqual(seeded(), seeded());
  fails('rand_hex(1e9)', /a length from 0 to 4096/);
});

test('digests', () => {
  says({
    'crc32("123456789")': '3421780262',
    'crc32("")': '0',
    'md5_hex("abc")': '900150983cd24fb0d6963f7d28e17f72',
    'md5_hex_str("abc") == to_HEX(md5("abc")) and md5("abc") == md5_str("abc")': 'true',
    'sha1_hex("abc")': 'a9993e364706816aba3e25717850c26c9cd0d89d',
    'sha256_hex("\\xff\\0")': 'ea5dbf9596d187e9500f23e9a680109475341cf4e81f7e043f7d97152c10772f',
    '#sha384("abc"), #sha512_str("abc"), #sha512_hex_str("abc")': '48 64 128',
    'to_HEX(EVP_Digest("SHA1", "abc")) == sha1_hex("abc")': 'true',
    'to_HEX(HMAC("SHA256", "what do ya want for nothing?", "Jefe"))':
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    'HMAC_verify("MD5", "data", "key", HMAC("MD5", "data", "key"))': 'true',
    'HMAC_verify("MD5", "data", "key", "other")': 'false',
  });
  fails('EVP_Digest("SHA3", "x")', /unknown algorithm 'SHA3'/);
});

test('encodings', () => {
  says({
    'b32_enc("foobar"), b32_dec("MZXW6YTBOI======"), b32_enc("f"), b32_dec("MY======"), b32_enc("") == ""':
      'MZXW6YTBOI====== foobar MY====== f true',
    'b64_enc("\\xff\\0a"), b64_dec("/wBh") == "\\xff\\0a"': '/wBh true',
    'url_enc("http://a.b/?c=d e"), url_dec("%2Fa%zz%41+")': 'http%3A%2F%2Fa.b%2F%3Fc%3Dd%20e /a%zzA+',
    'to_HEX("\\0\\123\\3")': '007b03',
    'htonl(1), ntohl(16777216), htons(1), ntohs(256), htonl(-1)': '16777216 1 256 1 4294967295',
  });
  fails('b64_dec("****")', /this is not base64/);
  fails('b32_dec("1")', /this is not base32/);
});

test('URLs', () => {
  const url = '"http://foo:bar@w1.example.com:8080/very/long/path.html?p1=v1&p2=v2#more-details"';
  says({
    [`table_to_string(url_parser(${url}))`]:
      '{["fragment"]="more-details",["host"]="w1.example.com",["password"]="bar",["path"]="/very/long/path.html",["port"]="8080",["query"]="p1=v1&p2=v2",["scheme"]="http",["username"]="foo"}',
    'url_parser("nothing")': 'nil',
    'url_compare("http://10.10.10.10:80/", "http://10.10.10.10/")': 'true',
    'url_compare("https://[2001::1]:443", "https://[2001::1]")': 'true',
    'url_compare("http://a/", "http://a/b")': 'false',
    'url_compare("HTTP://Example.COM", "http://example.com/")': 'true',
  });
});

test('tables as text, and texts in the log', () => {
  says({
    'table_to_string({1, "a\\n\\"", {true, x = 1.5}})': '{[1]=1,[2]="a\\010\\"",[3]={["x"]=1.5,[1]=true}}',
  });
  fails(
    '(function() local t = {} t[1] = t return table_to_string(t) end)()',
    /nests deeper than 32, or holds itself/,
  );
  const { runner, lines } = world(
    'when TCP_ACCEPTED { debug("100%\\n") debug("50%%") debug("%5.1f|%s|%d", 1.25, nil, "7") print(1, nil, "x") log(("x"):rep(2000)) debug({} ~= nil) log("%d", "x") }',
  );
  runner.fire('TCP_ACCEPTED', runner.open(new FakeConnection()));
  const said = lines();
  assert.deepEqual(said.slice(0, 4), ['debug: 100%', 'debug: 50%', 'debug:   1.2|nil|7', 'debug: 1\tnil\tx']);
  assert.equal(said[4], `log: ${'x'.repeat(1024)}...`);
  assert.equal(said[5], 'debug: true');
  assert.match(said[6] ?? '', /^error: .*number expected, got string/);
});

test('a format that does not fit is an error at the line of the script', () => {
  const broken = (call: string): string => {
    const { runner, lines } = world(`when TCP_ACCEPTED {\n${call}\n}`);
    runner.fire('TCP_ACCEPTED', runner.open(new FakeConnection()));
    return lines().join();
  };
  assert.equal(broken('log("%s %s", 1)'), "error: script:2: bad argument #3 to 'log' (no value)");
  assert.equal(broken('debug("%y", 1)'), "error: script:2: invalid conversion '%y' to 'debug'");
  const tostring = 'setmetatable({}, {__tostring = function() error("own", 0) end})';
  assert.equal(broken(`log("%s", ${tostring})`), 'error: own');
  assert.match(broken('log("%s%s", ("x"):rep(5e6), ("x"):rep(2e6))'), /^error: .*(?:memory|instructions)/);
});

test('what only other products have does nothing, says why, and is no error', () => {
  const { runner, lines } = world(`
    when RULE_INIT { log("%s %s", TCP:isolate_client_close(1)) }
    when TCP_ACCEPTED {
      log("%s %s", ip2country_name("1.2.3.4"))
      log("%s", file_open("/etc/passwd"))
      log("%s %s", HTTP:header_get_value("host"))
      log("%s", SSL:whatever{1}())
    }
    when STREAM_REQUEST_DATA {
      TCP:set_src_key("x")
      log("%s %s", LB:upstream("web"))
    }`);
  const connection = runner.open(new FakeConnection());
  runner.fire('TCP_ACCEPTED', connection);
  runner.fireData('STREAM_REQUEST_DATA', connection, Buffer.from('x'));
  assert.deepEqual(lines(), [
    'log: nil each client has a server connection of its own',
    'log: nil there is no database of countries',
    'log: nil',
    'log: nil Levee does not look into HTTP',
    'error: script:7: attempt to call a nil value',
    'log: nil a server is connected by then: the first bytes of a client alone choose one here',
  ]);
});
