import { described, type FieldSchema, type Scalar } from '../field.ts';

type List = { readonly maximum: number; readonly default?: readonly Scalar[] };

/** At most `maximum` values of a kind, each once, in the order in which they were given. */
export function list(item: FieldSchema, { maximum, ...given }: List): FieldSchema {
  const { meta } = item;
  if (meta.default !== undefined || meta.secret !== undefined || meta.list !== undefined) {
    throw new Error('a list holds neither secrets nor lists, and has a default of its own');
  }
  return described(() => item.reader(), { ...meta, ...given, list: { maximum } }, item.plain);
}
