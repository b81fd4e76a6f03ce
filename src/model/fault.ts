import type { Stretch } from '../access/concealment.ts';
import type { ErrorName } from '../system/errors.ts';

/**
 * Which text of a call is at fault: the path of the table, the key of the entry, its new name, the other entry that
 * it is put beside, the field, or a value by its index; one more than there are where a value is missing.
 */
export type Argument = 'table' | 'key' | 'name' | 'other' | 'field' | number;

/** Why a change can't be made. It knows no text that the change may have been read from. */
export type ModelFault = {
  readonly error: ErrorName;
  /** What is at fault, as the message of the error names it. */
  readonly word: string;
  /** Absent: no argument in particular. */
  readonly argument?: Argument;
  /** The part of the argument that is meant: it is no secret. */
  readonly within?: Stretch;
  /** What should have stood there, or what to do; for a person. */
  readonly expected: string;
  /** The nearest right word. */
  readonly nearest?: string | undefined;
  /** It only follows from a mistake that was reported before. */
  readonly consequence?: boolean;
};

/** Empty: the change was made. */
export type ModelFaults = readonly ModelFault[];

export const accepted: ModelFaults = [];
