import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { Field, ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import type { DnsMessage, DnsQuestion, DnsRecord } from '../../../packets/dns-message.ts';
import { dataFields, dataMethods, forgeMethod } from '../../dissectors/data-members.ts';
import type { DissectorData } from '../../dissectors/dissector.ts';
import type { AddressType } from '../values/address.ts';
import type { UdpPacket } from './datagram.ts';

/** A message of DNS over its UDP packet, which rules read and drop. */
export class DnsPacket implements DissectorData {
  readonly dissector = 'dns';
  readonly isSilent = false;
  readonly next: undefined;
  readonly udp: UdpPacket;
  readonly message: DnsMessage;
  #isForged = false;

  constructor(udp: UdpPacket, message: DnsMessage) {
    this.udp = udp;
    this.message = message;
  }

  isValid(): boolean {
    return this.udp.isValid();
  }

  drop(): void {
    this.udp.drop();
  }

  forge(): DissectorData | undefined {
    if (this.#isForged) return undefined;
    this.#isForged = true;
    return this.udp;
  }

  /** A later Haka passes the message beside the dissector: here they are one. */
  pushMore(stack: LuaStack, _hook: string, objects: HostObjects): number {
    objects.push(stack, this);
    return 1;
  }
}

function setText(stack: LuaStack, table: number, name: string, value: string): void {
  stack.pushText(value);
  stack.setField(table, name);
}

function pushQuestion(stack: LuaStack, question: DnsQuestion): number {
  stack.pushTable();
  const table = stack.count;
  setText(stack, table, 'name', question.name);
  setText(stack, table, 'type', question.type);
  setText(stack, table, 'class', question.class);
  return table;
}

function pushRecord(stack: LuaStack, record: DnsRecord, addresses: AddressType): void {
  const table = pushQuestion(stack, record);
  stack.pushNumber(record.ttl);
  stack.setField(table, 'ttl');
  stack.pushNumber(record.data.length);
  stack.setField(table, 'length');
  stack.pushBytes(record.data);
  stack.setField(table, 'data');
  const isAddress =
    (record.type === 'A' && record.data.length === 4) ||
    (record.type === 'AAAA' && record.data.length === 16);
  if (isAddress) {
    addresses.push(stack, record.data);
    stack.setField(table, 'ip');
  }
  if (record.target !== undefined) setText(stack, table, 'target', record.target);
}

function list<T>(
  items: (message: DnsMessage) => readonly T[],
  push: (stack: LuaStack, item: T) => void,
): Field<DnsPacket> {
  return {
    get: (stack, { message }) => {
      stack.pushTable();
      const table = stack.count;
      for (const [index, item] of items(message).entries()) {
        push(stack, item);
        stack.setElement(table, index + 1);
      }
    },
  };
}

function number(get: (message: DnsMessage) => number): Field<DnsPacket> {
  return { get: (stack, { message }) => stack.pushNumber(get(message)) };
}

const headerNames = ['opcode', 'rcode'] as const;
const flagNames = ['qr', 'aa', 'tc', 'rd', 'ra'] as const;

export function dnsDefinition(objects: HostObjects, addresses: AddressType): ObjectDefinition<DnsPacket> {
  const record = (stack: LuaStack, item: DnsRecord): void => pushRecord(stack, item, addresses);
  const flags = flagNames.map((name): [string, Field<DnsPacket>] => [
    name,
    { get: (stack, { message }) => stack.pushBoolean(message.header[name] === 1) },
  ]);
  const numbers = headerNames.map((name) => [name, number(({ header }) => header[name])] as const);
  return {
    name: 'dns',
    fields: {
      ...dataFields,
      ...Object.fromEntries(flags),
      ...Object.fromEntries(numbers),
      id: number(({ id }) => id),
      qdcount: number(({ counts }) => counts[0]),
      ancount: number(({ counts }) => counts[1]),
      nscount: number(({ counts }) => counts[2]),
      arcount: number(({ counts }) => counts[3]),
      question: list(({ questions }) => questions, pushQuestion),
      answer: list(({ answers }) => answers, record),
      authority: list(({ authorities }) => authorities, record),
      additional: list(({ additional }) => additional, record),
      udp: { get: (stack, { udp }) => objects.push(stack, udp) },
      ip: { get: (stack, { udp }) => objects.push(stack, udp.ip) },
    },
    methods: { ...dataMethods, forge: forgeMethod(objects) },
  };
}
