import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { addressRanges } from '../../schemas/kinds/addresses/address-ranges.ts';
import { Field } from '../../schemas/table.ts';

const field = new Field('ip', addressRanges({ help: 'x' }));

function reading(text: string): unknown {
  const read = field.read(text);
  return 'value' in read ? read.value : read.fault;
}

suite('addresses in one word', () => {
  test('are kept once each, in canonical form and in their order', () => {
    assert.equal(reading('192.0.2.9'), '192.0.2.9');
    assert.equal(
      reading(' 2001:DB8::1-2001:db8::F , 192.0.2.77/24, ::ffff:192.0.2.1,192.0.2.1'),
      '2001:db8::1-2001:db8::f,192.0.2.0/24,192.0.2.1',
    );
  });

  test('are refused as a whole when one of them is none', () => {
    for (const text of [
      '',
      ',',
      '192.0.2.1,',
      ',192.0.2.1',
      '192.0.2.1;192.0.2.2',
      '192.0.2.2-192.0.2.1',
      'web',
    ]) {
      assert.equal(reading(text), 'not-an-address', text);
    }
  });

  test('have a longest form, also when it is longer than what was typed', () => {
    const many = (count: number, text: (index: number) => string): string =>
      Array.from({ length: count }, (_, index) => text(index)).join(',');
    const plain = (index: number): string => `10.0.${index >> 8}.${index & 255}`;
    assert.equal(reading(many(300, plain)), many(300, plain));
    assert.equal(reading(many(500, plain)), 'too-long');
    // 64:ff9b::1.1.1.1 is 64:ff9b::101:101.
    const typed = (index: number): string => `1:2:3:4:5:6:${1 + (index % 9)}.1.${index >> 8}.${index & 255}`;
    for (let count = 1; count < 300; count += 7) {
      const value = reading(many(count, typed));
      if (value !== 'too-long') assert.equal(reading(String(value)), value);
    }
  });
});
