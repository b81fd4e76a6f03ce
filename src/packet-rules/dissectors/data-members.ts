import type { HostObjects } from '../../lua/values/host-objects.ts';
import type { Field, Method } from '../../lua/values/userdata-type.ts';
import type { DissectorData } from './dissector.ts';

/** The fields of the data of every dissector. */
export const dataFields: Readonly<Record<'dissector' | 'next_dissector', Field<DissectorData>>> = {
  dissector: { get: (stack, { dissector }) => stack.pushText(dissector) },
  next_dissector: { get: (stack, { next }) => stack.pushTextOrNil(next) },
};

/** The methods of the data of every dissector. */
export const dataMethods: Readonly<Record<'valid' | 'drop', Method<DissectorData>>> = {
  valid: (stack, self) => {
    stack.pushBoolean(self.isValid());
    return 1;
  },
  drop: (_, self) => {
    self.drop();
    return 0;
  },
};

/** The method `forge` of data that stands over other data. */
export function forgeMethod(objects: HostObjects): Method<DissectorData> {
  return (stack, self) => {
    objects.pushOrNil(stack, self.forge());
    return 1;
  };
}
