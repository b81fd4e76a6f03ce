/** What a value has against the keywords of JSON Schema that `levee schema` uses; any other keyword is an error. */
export function complaints(schema: unknown, value: unknown, place = '$'): string[] {
  if (!isObject(schema)) throw new Error(`${place}: no schema`);
  return Object.entries(schema).flatMap(([keyword, argument]): string[] => {
    if (annotations.has(keyword) || keyword.startsWith('x-')) return [];
    const check = keywords[keyword];
    if (check === undefined) throw new Error(`${place}: nobody checks ${keyword}`);
    return check(argument, value, place, schema);
  });
}

/** `then` is looked at with `if`. */
const annotations = new Set(['$schema', 'title', 'description', 'default', 'readOnly', 'then']);

type Check = (argument: unknown, value: unknown, place: string, schema: Members) => string[];
type Members = { readonly [name: string]: unknown };

const keywords: Readonly<Record<string, Check>> = {
  type: (type, value, place) => wrongUnless(typeOf(value) === type, `${place} is no ${type}`),
  enum: (words, value, place) => wrongUnless(list(words).includes(value), `${place} is none of the words`),
  minimum: (least, value, place) => wrongUnless(!(Number(value) < Number(least)), `${place} is too small`),
  maximum: (most, value, place) => wrongUnless(!(Number(value) > Number(most)), `${place} is too large`),
  minLength: (least, value, place) =>
    wrongUnless(!(lengthOf(value) < Number(least)), `${place} is too short`),
  maxLength: (most, value, place) => wrongUnless(!(lengthOf(value) > Number(most)), `${place} is too long`),
  pattern: (pattern, value, place) =>
    wrongUnless(
      typeof value !== 'string' || new RegExp(String(pattern), 'u').test(value),
      `${place} is malformed`,
    ),
  required: (names, value, place) =>
    list(names).flatMap((name) => wrongUnless(String(name) in members(value), `${place} lacks ${name}`)),
  items: (schema, value, place) =>
    (Array.isArray(value) ? value : []).flatMap((item, index) =>
      complaints(schema, item, `${place}[${index}]`),
    ),
  maxItems: (most, value, place) =>
    wrongUnless(!(Array.isArray(value) && value.length > Number(most)), `${place} has too many items`),
  uniqueItems: (_, value, place) =>
    wrongUnless(
      !Array.isArray(value) || new Set(value.map((item) => JSON.stringify(item))).size === value.length,
      `${place} holds an item twice`,
    ),
  allOf: (schemas, value, place) => list(schemas).flatMap((schema) => complaints(schema, value, place)),
  anyOf: (schemas, value, place) => {
    const found = list(schemas).map((schema) => complaints(schema, value, place));
    return found.some((complaint) => complaint.length === 0) ? [] : found.flat();
  },
  if: (schema, value, place, { then }) =>
    complaints(schema, value, place).length === 0 ? complaints(then, value, place) : [],
  maxProperties: (most, value, place) =>
    wrongUnless(Object.keys(members(value)).length <= Number(most), `${place} has too many members`),
  propertyNames: (schema, value, place) =>
    Object.keys(members(value)).flatMap((name) => complaints(schema, name, `${place} name ${name}`)),
  properties: (schemas, value, place) =>
    Object.entries(members(value)).flatMap(([name, member]) => {
      const schema = members(schemas)[name];
      return schema === undefined ? [] : complaints(schema, member, `${place}.${name}`);
    }),
  additionalProperties: (schema, value, place, { properties }) =>
    Object.entries(members(value))
      .filter(([name]) => !(name in members(properties)))
      .flatMap(([name, member]) =>
        schema === false ? [`${place} knows no ${name}`] : complaints(schema, member, `${place}.${name}`),
      ),
};

function wrongUnless(holds: boolean, complaint: string): string[] {
  return holds ? [] : [complaint];
}

function typeOf(value: unknown): string {
  if (Number.isInteger(value)) return 'integer';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? [...value].length : Number.NaN;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('no list');
  return value;
}

/** Of anything that is no object JSON Schema asks no members. */
function members(value: unknown): Members {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
