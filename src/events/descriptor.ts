import type { Level } from './level.ts';

/** Someone who does something: an administrator, and where from (`console`, `import rules.conf`). */
export type Actor = { readonly user: string; readonly ui: string };

/** What a detail is in a record: a number, a text that may hold anything, or a word, which needs no quotes. */
export type Value = string | number | { readonly word: string };

/** What is recorded of an event. */
export type Description = {
  /** `log_id` of its records: never changed, never used twice. */
  readonly id: string;
  readonly level: Level;
  /** Null: Levee itself did it. */
  readonly actor: Actor | null;
  readonly action: string;
  readonly isFailure: boolean;
  /** A line for a person. */
  readonly text: string;
  /** By the key that they have in a record, in the order in which they are written. */
  readonly details: readonly (readonly [key: string, value: Value])[];
  /** It is for the log alone: an administrator has done or asked for it, or it may come often. */
  readonly isExpected: boolean;
};

type Definition<Type extends string, Fields> = {
  readonly type: Type;
  readonly id: string;
  readonly level: Level | ((event: Fields) => Level);
  readonly action: string | ((event: Fields) => string);
  readonly text: (event: Fields) => string;
  readonly isFailure?: true;
  readonly isExpected?: true | ((event: Fields) => boolean);
  readonly actor?: (event: Fields) => Actor;
  /** What a program wants apart from the text, by key; null: this event has none. */
  readonly details?: Readonly<Record<string, (event: Fields) => Value | null>>;
};

/** The data plane knows a policy by its row id; `named` gives it its name, before the event is described. */
type Raised<Fields> = {
  readonly [Key in keyof Fields]: Key extends 'policy' ? string | number : Fields[Key];
};

type AnyEvent = { readonly type: string };

/** All that is known of one type of event. Called with its fields, it makes the event: plain data. */
export type Descriptor<Type extends string, Fields> = {
  (fields: Raised<Fields>): { readonly type: Type } & Raised<Fields>;
  readonly type: Type;
  /** Of all details that it may have. */
  readonly keys: readonly string[];
  /** @throws Error for an event of another type */
  describe(event: AnyEvent): Description;
};

/** `Fields` are those of the parameter of `text`. */
export function defineEvent<Type extends string, Fields>(
  definition: Definition<Type, Fields>,
): Descriptor<Type, Fields> {
  const { type, id, level, action, text, actor, details = {}, isFailure, isExpected } = definition;
  // Nothing but the descriptor makes events of its type.
  const isOfType = (event: AnyEvent): event is AnyEvent & Fields => event.type === type;
  const make = (fields: Raised<Fields>): { readonly type: Type } & Raised<Fields> => ({ type, ...fields });
  return Object.assign(make, {
    type,
    keys: Object.keys(details),
    describe(event: AnyEvent): Description {
      if (!isOfType(event)) throw new Error(`an event of type ${event.type} is no ${type}`);
      return {
        id,
        level: typeof level === 'string' ? level : level(event),
        actor: actor?.(event) ?? null,
        action: typeof action === 'string' ? action : action(event),
        isFailure: isFailure === true,
        text: text(event),
        details: Object.entries(details).flatMap(([key, read]) => {
          const value = read(event);
          return value === null ? [] : [[key, value] as const];
        }),
        isExpected: typeof isExpected === 'function' ? isExpected(event) : isExpected === true,
      };
    },
  });
}
