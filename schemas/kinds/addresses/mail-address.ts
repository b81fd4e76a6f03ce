import { type Common, described, type FieldSchema } from '../../field.ts';
import { zod } from '../../zod.ts';

/** RFC 5321 without quoted local parts and comments: nothing in it can end the address, or begin a header. */
const form = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?!-)[A-Za-z0-9.-]{1,189}(?<![-.])$/;

/** The address of someone who sends or gets mail. */
export function mailAddress(common: Common): FieldSchema {
  return described(() => zod().string().regex(form), {
    ...common,
    kind: 'text',
    fault: 'invalid-value',
    quoted: true,
    expected: 'a mail address, such as admin@example.com',
  });
}
