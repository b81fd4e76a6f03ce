import { luaType } from '../../lua/host/api.ts';
import { BareLuaError } from '../../lua/host/errors.ts';
import { binaryString } from '../../lua/values/binary-string.ts';
import { makeCallable, pushFunctions } from '../../lua/values/function-table.ts';
import type { HostObjects, ValueType } from '../../lua/values/host-objects.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';
import { type Alert, type AlertNode, type Alerts, completions, severities } from '../reporting/alerts.ts';

const kinds = ['address', 'service'] as const;
const confidences = ['low', 'medium', 'high'];

type Changing<T> = { -readonly [Key in keyof T]: T[Key] };
type Types = { readonly nodes: ValueType; readonly references: ValueType };

/** Calls `read` with each value of the list at `index`, or the one value there, on top of the stack. */
function each(stack: LuaStack, index: number, read: () => void): void {
  if (stack.type(index) !== luaType.table) {
    stack.pushCopy(index);
    read();
    stack.drop(1);
    return;
  }
  const length = stack.rawLength(index);
  for (let at = 1; at <= length; at++) {
    stack.getElement(index, at);
    read();
    stack.drop(1);
  }
}

function oneOf(stack: LuaStack, index: number, what: string, words: readonly string[]): string {
  const word = stack.printed(index) ?? stack.typeName(index);
  if (!words.includes(word)) throw new BareLuaError(`invalid ${what} value '${word}'`);
  return word;
}

/** A number about as C prints it with %g. */
function general(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function nodesAt(stack: LuaStack, index: number, { nodes }: Types): AlertNode[] {
  const found: AlertNode[] = [];
  each(stack, index, () => {
    const bytes = nodes.at(stack, -1);
    const kind = kinds[bytes[0] ?? 0] ?? 'address';
    found.push({ kind, values: [binaryString(bytes.subarray(1))] });
  });
  return found;
}

function referenceAt(stack: LuaStack, index: number, { references }: Types): number {
  return Buffer.from(references.at(stack, index)).readUInt32LE(0);
}

function methodAt(stack: LuaStack, index: number): NonNullable<Alert['method']> {
  stack.expectType(index, luaType.table);
  const method: Changing<NonNullable<Alert['method']>> = {};
  fields(stack, index, {
    description: (value) => {
      method.description = stack.tostring(value);
    },
    ref: (value) => {
      const refs: string[] = [];
      each(stack, value, () => refs.push(stack.tostring(stack.count)));
      method.refs = refs;
    },
  });
  return method;
}

/** Reads a table with a reader for each field, which gets the index of the value. */
function fields(
  stack: LuaStack,
  index: number,
  readers: Readonly<Record<string, (value: number) => void>>,
): void {
  stack.pushNil();
  while (stack.next(index)) {
    const value = stack.count;
    const name = stack.type(value - 1) === luaType.string ? stack.text(value - 1) : stack.tostring(value - 1);
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (read === undefined) throw new BareLuaError(`unexpected field '${name}'`);
    read(value);
    stack.drop(1);
  }
}

function alertAt(stack: LuaStack, index: number, types: Types): Alert {
  stack.expectType(index, luaType.table);
  const alert: Changing<Alert> = {};
  fields(stack, index, {
    start_time: (value) => {
      alert.startTime = stack.tostring(value);
    },
    end_time: (value) => {
      alert.endTime = stack.tostring(value);
    },
    severity: (value) => {
      alert.severity = oneOf(stack, value, 'severity', severities);
    },
    confidence: (value) => {
      alert.confidence = stack.isNumber(value)
        ? general(stack.number(value))
        : oneOf(stack, value, 'confidence', confidences);
    },
    completion: (value) => {
      alert.completion = oneOf(stack, value, 'completion', completions);
    },
    description: (value) => {
      alert.description = stack.tostring(value);
    },
    method: (value) => {
      alert.method = methodAt(stack, value);
    },
    sources: (value) => {
      alert.sources = nodesAt(stack, value, types);
    },
    targets: (value) => {
      alert.targets = nodesAt(stack, value, types);
    },
    ref: (value) => {
      const refs: number[] = [];
      each(stack, value, () => refs.push(referenceAt(stack, stack.count, types)));
      alert.refs = refs;
    },
  });
  return alert;
}

function nodeFunction(nodes: ValueType, kind: number): HostFunction {
  return (stack) => {
    const texts = Array.from({ length: stack.count }, (_, index) => stack.tostring(index + 1));
    nodes.push(stack, Buffer.from(String.fromCharCode(kind) + texts.join(', '), 'latin1'));
    return 1;
  };
}

/** Pushes the table haka.alert, which can be called as well. */
export function pushAlert(stack: LuaStack, objects: HostObjects, alerts: Alerts): void {
  const types = {
    nodes: objects.defineValue({ name: 'alert_node' }),
    references: objects.defineValue({ name: 'alert' }),
  };
  const table = pushFunctions(stack, {
    address: nodeFunction(types.nodes, 0),
    service: nodeFunction(types.nodes, 1),
    update: (running) => {
      alerts.update(referenceAt(running, 1, types), alertAt(running, 2, types));
      return 0;
    },
  });
  makeCallable(stack, table, (running) => {
    const id = Buffer.alloc(4);
    id.writeUInt32LE(alerts.raise(alertAt(running, 2, types)));
    types.references.push(running, id);
    return 1;
  });
}
