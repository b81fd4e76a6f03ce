import { type Common, described, type FieldSchema } from '../../field.ts';
import { nameText } from '../../key.ts';

/**
 * The name of an interface, as the configuration of another machine has it. It need be none of `system interface`:
 * there the interfaces are part of the device, and its configuration does not make them.
 */
export function interfaceName(common: Common): FieldSchema {
  return described(() => nameText(63), {
    ...common,
    kind: 'text',
    fault: 'invalid-value',
    quoted: true,
    suggested: 'system interface',
    expected: 'the name of an interface, as system interface maps it to this machine',
  });
}
