import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { FieldSchema } from '../../schemas/field.ts';
import { type Key, nameKey, numberKey } from '../../schemas/key.ts';
import { address, addressWithLength } from '../../schemas/kinds/addresses/address.ts';
import { addressRange, canonicalRange } from '../../schemas/kinds/addresses/address-range.ts';
import { hostName } from '../../schemas/kinds/addresses/host-name.ts';
import { choice } from '../../schemas/kinds/choices/choice.ts';
import { integer } from '../../schemas/kinds/integer.ts';
import { list } from '../../schemas/kinds/list.ts';
import { password } from '../../schemas/kinds/secrets/secret.ts';
import { text } from '../../schemas/kinds/text.ts';
import { Field, Table } from '../../schemas/table.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';

const help = 'x';

/** The value of each text, or why it has none. */
function readings(schema: FieldSchema, texts: readonly string[]): unknown[] {
  const field = new Field('field', schema);
  return texts.map((each) => {
    const reading = field.read(each);
    return 'value' in reading ? reading.value : reading.fault;
  });
}

const bad = 'invalid-value';

suite('values', () => {
  test('of integers', () => {
    const texts = [
      '0',
      '5',
      '007',
      '9',
      '10',
      '-1',
      '+1',
      '1.0',
      '1e1',
      '',
      ' 1',
      '1 ',
      '٣',
      '0x5',
      '9'.repeat(400),
    ];
    assert.deepEqual(readings(integer({ help, minimum: 0, maximum: 9 }), texts), [
      0,
      5,
      7,
      9,
      bad,
      bad,
      bad,
      bad,
      bad,
      bad,
      bad,
      bad,
      bad,
      bad,
      bad,
    ]);
  });

  test('of choices', () => {
    const schema = choice({ help, choices: { High: 'a', Low: 'b' } });
    assert.deepEqual(readings(schema, ['High', 'high', 'Hi', '', 'toString', '__proto__']), [
      'High',
      bad,
      bad,
      bad,
      bad,
      bad,
    ]);
  });

  test('of texts: control characters but tab and newline are refused, and code points are counted', () => {
    const schema = text({ help, maximum: 3 });
    assert.deepEqual(
      readings(schema, [
        '',
        '😀é\u0301',
        '\t\n ',
        '😀😀😀😀',
        'a\0',
        'a\u001b',
        '\u007f',
        '\u0085',
        '\ud800',
        'a\r',
      ]),
      ['', '😀é\u0301', '\t\n ', 'too-long', bad, bad, bad, bad, bad, bad],
    );
  });

  test('of host names', () => {
    const schema = hostName({ help, maximum: 5, default: 'x' });
    assert.deepEqual(readings(schema, ['fw1', 'a.b-c', 'a_b', '', '-a', 'a-', 'a b', 'é', 'abcdef']), [
      'fw1',
      'a.b-c',
      'a_b',
      bad,
      bad,
      bad,
      bad,
      bad,
      'too-long',
    ]);
  });

  test('of addresses, prefixes and ranges, in their canonical form', () => {
    const canonical = {
      '192.0.2.1': '192.0.2.1',
      '192.0.2.1/32': '192.0.2.1',
      '192.0.2.77/24': '192.0.2.0/24',
      '255.255.255.255/0': '0.0.0.0/0',
      '2001:DB8::5/32': '2001:db8::/32',
      '2001:db8::1/128': '2001:db8::1',
      '::1/127': '::/127',
      '10.0.0.9-10.0.0.10': '10.0.0.9-10.0.0.10',
      '10.0.0.9-10.0.0.9': '10.0.0.9',
      '2001:DB8:0::1-2001:db8::ff': '2001:db8::1-2001:db8::ff',
      '::ffff:192.0.2.1': '192.0.2.1',
      '::ffff:192.0.2.1/120': '192.0.2.0/24',
      '::ffff:10.0.0.1-10.0.0.3': '10.0.0.1-10.0.0.3',
    };
    assert.deepEqual(readings(addressRange({ help }), Object.keys(canonical)), Object.values(canonical));
    const wrong = [
      ...['', '-', '/', '192.0.2', '192.0.2.1/', '192.0.2.1/33', '192.0.2.1/-1', '192.0.2.1/1.5', '::1/129'],
      ...['::ffff:192.0.2.1/95', '10.0.0.2-10.0.0.1', '::2-::1', '10.0.0.1-::1', '10.0.0.1-', '-10.0.0.1'],
      ...['10.0.0.1-10.0.0.2-10.0.0.3', '10.0.0.0/24-10.0.1.0/24', '10.0.0.1 -10.0.0.2', '10.0.0.1,10.0.0.2'],
      ...['10.0.0.1/ 8', '10.0.0.1/0x8', '10.0.0.1/8/8', 'fe80::1%eth0', '*', 'any'],
    ];
    assert.deepEqual([...new Set(readings(addressRange({ help }), wrong))], ['not-an-address']);
  });

  test('of addresses, prefixes and ranges: the canonical form is its own', () => {
    const ips = fc.oneof(fc.ipV4(), fc.ipV6());
    const texts = fc.oneof(
      ips,
      fc.tuple(ips, fc.integer({ min: 0, max: 128 })).map(([ip, bits]) => `${ip}/${bits}`),
      fc.tuple(ips, ips).map(([first, last]) => `${first}-${last}`),
    );
    fc.assert(
      fc.property(texts, (each) => {
        const canonical = canonicalRange(each);
        if (canonical !== undefined) assert.equal(canonicalRange(canonical), canonical);
      }),
    );
  });

  test('of lists are read one by one; a list holds neither secrets nor lists', () => {
    const item = integer({ help, minimum: 0, maximum: 9 });
    const numbers = list(item, { maximum: 3, default: [1] });
    assert.deepEqual(readings(numbers, ['5', '10']), [5, bad]);
    assert.deepEqual(new Field('a', numbers).meta.list, { maximum: 3 });
    assert.deepEqual(
      [new Field('a', item).meta.list, new Field('a', item).meta.default],
      [undefined, undefined],
    );
    const refused = [numbers, password({ help }), integer({ help, minimum: 0, maximum: 9, default: 0 })];
    for (const each of refused) assert.throws(() => list(each, { maximum: 3 }), /a list holds neither/);
  });

  test('of addresses, in their canonical form', () => {
    const none = 'not-an-address';
    assert.deepEqual(
      readings(address({ help }), [
        '192.0.2.1',
        '2001:DB8::0:1',
        '::',
        '::ffff:192.0.2.1',
        '192.0.2',
        '192.0.2.256',
        '192.0.2.01',
        '0x7f.1',
        '1',
        '',
        'fe80::1%eth0',
        '2001:db8::1::2',
        '192.0.2.1/24',
        ' 192.0.2.1',
      ]),
      [
        '192.0.2.1',
        '2001:db8::1',
        '::',
        '::ffff:c000:201',
        none,
        none,
        none,
        none,
        none,
        none,
        none,
        none,
        none,
        none,
      ],
    );
    const v4 = addressWithLength({ help, family: 'ipv4', default: '0.0.0.0/0' });
    assert.deepEqual(
      readings(v4, [
        '192.0.2.1/24',
        '192.0.2.1',
        '192.0.2.1/032',
        '192.0.2.1/33',
        '192.0.2.1/',
        '192.0.2.1/-1',
        '192.0.2.1/8/8',
        '::/0',
        '/8',
      ]),
      ['192.0.2.1/24', '192.0.2.1/32', '192.0.2.1/32', none, none, none, none, none, none],
    );
    const v6 = addressWithLength({ help, family: 'ipv6', default: '::/0' });
    const texts = [
      '2001:DB8::1/64',
      '::1',
      '::/0',
      '::/129',
      '0.0.0.0/0',
      '::ffff:192.0.2.1/128',
      '::ffff:1:2',
    ];
    assert.deepEqual(readings(v6, texts), ['2001:db8::1/64', '::1/128', '::/0', none, none, none, none]);
  });

  test('that are read are read again as themselves', () => {
    const kinds = [
      address({ help }),
      addressWithLength({ help, family: 'ipv6', default: '::/0' }),
      text({ help, maximum: 9 }),
      integer({ help, minimum: 0, maximum: 99 }),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.oneof(fc.ipV6(), fc.ipV4(), fc.string(), fc.nat(99).map(String)),
        (kind, typed) => {
          const field = new Field('field', kind);
          const reading = field.read(typed);
          if ('value' in reading) assert.deepEqual(field.read(String(reading.value)), reading);
        },
      ),
    );
  });
});

suite('keys', () => {
  const table = (key: ReturnType<typeof nameKey>): Table =>
    new Table(['t'], { help, area: 'sysgrp', key, members: {} });
  const read = (of: Table, texts: readonly string[]): unknown[] =>
    texts.map((each) => {
      const reading = of.readKey(each);
      return 'key' in reading ? reading.key : reading.fault;
    });

  test('that are names have 1 to 63 characters', () => {
    const long = '😀'.repeat(63);
    assert.deepEqual(read(table(nameKey()), ['a', ' ', long, `${long}x`, '', '\u001b', 'a\nb', '\udc00']), [
      'a',
      ' ',
      long,
      'too-long',
      bad,
      bad,
      bad,
      bad,
    ]);
  });

  test('that are numbers are read in their shortest form', () => {
    assert.deepEqual(read(table(numberKey(99)), ['1', '007', '0', '99', '100', '-1', 'a', '', '1.0']), [
      '1',
      '7',
      '0',
      '99',
      bad,
      bad,
      bad,
      bad,
      bad,
    ]);
  });
});

suite('what is seen at once', () => {
  const near = [
    '',
    '0',
    '007',
    '-1',
    '+1',
    '1.0',
    '1e1',
    '0x5',
    ' 1',
    '٣',
    '9'.repeat(16),
    '65536',
    'on',
    'of',
  ];
  const texts = fc.oneof(
    fc.constantFrom(...near),
    fc.nat(70_000).map(String),
    fc.string({ unit: codePoint, maxLength: 70 }),
    fc.string({ unit: 'grapheme-ascii', maxLength: 70 }),
  );

  test('of a value is what its reader says', () => {
    const schemas = [
      integer({ help, minimum: 1, maximum: 65_535 }),
      choice({ help, choices: { on: '', off: '' } }),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...schemas), texts, (schema, given) => {
        const { meta, reader } = schema;
        assert.deepEqual(
          new Field('field', schema).read(given),
          new Field('field', { meta, reader }).read(given),
        );
      }),
    );
  });

  test('of a name is what its reader says', () => {
    const { isPlain, ...slow } = nameKey();
    const table = (key: Key): Table => new Table(['x'], { help, area: 'wafgrp', key, members: {} });
    assert.equal(isPlain?.('a b'), true);
    fc.assert(
      fc.property(texts, (given) => {
        assert.deepEqual(table(nameKey()).readKey(given), table(slow).readKey(given));
      }),
    );
  });
});
