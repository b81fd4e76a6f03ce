import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAccount } from '../../src/access/account.ts';
import { mayComeFrom } from '../../src/access/authentication.ts';

function from(address: string | null, fields: Readonly<Record<string, readonly string[]>>): boolean {
  return mayComeFrom(
    readAccount({ key: 'alice', fields: new Map(Object.entries(fields)) }, undefined),
    address,
  );
}

test('who has named no host may come from everywhere', () => {
  for (const address of ['192.0.2.1', '2001:db8::1', null]) assert.equal(from(address, {}), true);
});

test('a host that is named shuts out the others of its family, and nobody on this machine', () => {
  const trustedHosts = { trusthostv4: ['192.0.2.77/24', '198.51.100.7/32'] };
  for (const address of ['192.0.2.1', '192.0.2.255', '198.51.100.7', '::ffff:192.0.2.9', '2001:db8::1', null])
    assert.equal(from(address, trustedHosts), true, String(address));
  for (const address of ['192.0.3.1', '198.51.100.8', '0.0.0.0'])
    assert.equal(from(address, trustedHosts), false, address);
  const v6 = { trusthostv6: ['2001:db8:1::/48'] };
  assert.equal(from('2001:db8:1:ffff::1', v6), true);
  assert.equal(from('2001:db8:2::1', v6), false);
  assert.equal(from('192.0.2.1', v6), true);
});

test('an IPv4 address is in no prefix of IPv6, however that is written', () => {
  assert.equal(from('192.0.2.1', { trusthostv4: [], trusthostv6: ['::/0'] }), false);
});
