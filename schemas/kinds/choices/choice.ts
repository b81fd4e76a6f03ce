import { type Common, described, type FieldMeta, type FieldSchema } from '../../field.ts';
import { zod } from '../../zod.ts';

type Choice = Common & { choices: Readonly<Record<string, string>>; default?: string };

/** One of some words; each carries a line of help. */
export function choice(options: Choice): FieldSchema {
  const words = Object.keys(options.choices);
  const meta: FieldMeta = {
    ...options,
    kind: 'choice',
    fault: 'invalid-value',
    expected: `one of ${words.join(', ')}`,
  };
  return described(
    () => zod().enum(words),
    meta,
    (text) => words.find((word) => word === text),
  );
}

/** `enable` or `disable`. */
export function toggle(options: Common & { default: 'enable' | 'disable' }): FieldSchema {
  return choice({ ...options, choices: { enable: 'Switch it on', disable: 'Switch it off' } });
}
