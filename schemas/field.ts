import type { z } from 'zod';
import { once } from './once.ts';
import { zod } from './zod.ts';

/** One value. References are text here (the key of the row that they name); the store keeps the row itself. */
export type Scalar = number | string;

/** What a field holds. */
export type Value = Scalar | readonly Scalar[];

/** Why a text is no value of a field; each is a row of the error map. */
export type TextFault = 'invalid-value' | 'too-long' | 'not-an-address';

export type FieldMeta = {
  readonly kind: 'integer' | 'choice' | 'text' | 'reference' | 'address' | 'secret' | 'script';
  readonly help: string;
  /** For a person, after "expected": `an integer from 0 to 65536`. Of a list, what one item of it is. */
  readonly expected: string;
  /** The value in force while the field is not set. Absent: there is none, and the field can be empty. */
  readonly default?: Value;
  /** Fault to report when the text is malformed. */
  readonly fault: TextFault;
  /** The row can't be saved without it. */
  readonly required?: boolean;
  /** The row can't be saved without it while another of its fields has one of these values. */
  readonly requiredWhere?: { readonly field: string; readonly is: readonly Scalar[] };
  /** The row can't be saved without it or this other field. */
  readonly requiredUnless?: string;
  /** Levee's own addition, unknown to FortiWeb. */
  readonly extension?: boolean;
  /** What it holds is each node's own: nodes of a cluster that share their configuration do not share it. */
  readonly ofNode?: boolean;
  /** Names by which other versions of FortiWeb know it: they can be entered, and are never printed. */
  readonly spellings?: readonly string[];
  /** It holds any number of values up to the maximum; everything else here is about one of them, but the default. */
  readonly list?: { readonly maximum: number };
  /** Bytes of UTF-8 that it may have, where that is its limit. */
  readonly longest?: number;
  readonly range?: { readonly minimum: number; readonly maximum: number };
  /** Words that may be entered, each with one line of help. */
  readonly choices?: Readonly<Record<string, string>>;
  /** Paths of the tables whose rows may be named, in the order in which they are searched. */
  readonly tables?: readonly string[];
  /** Path of a table of which the keys are offered; a text that is none of them is as good. */
  readonly suggested?: string;
  /**
   * Its clear text is in no output, log or file. Of a `password` or a `token` only a record is kept that it can be checked against;
   * a `reversible` secret can be had back, with the key of this installation. What the schema reads is the kept form.
   */
  readonly secret?: 'password' | 'token' | 'reversible';
  /** It lets somebody in, or asks something of whoever comes: as a secret it is never taken back to what it was. */
  readonly credential?: boolean;
  /** It names a file of this machine, which Levee opens: whoever sets it needs what other files by name take. */
  readonly namesFile?: boolean;
  /** Of a reversible secret: characters that its clear text may have. */
  readonly longestSecret?: number;
  /** Of a reversible secret: what its clear text must be, where that is not any text. */
  readonly secretForm?: { readonly pattern: RegExp; readonly expected: string };
  /**
   * Of a reversible secret: the fields of its row that say where it is sent. It was given for what they hold, and when
   * one of them changes it is to be given again.
   */
  readonly givenFor?: readonly string[];
  /** Of a reversible secret: the field of its row that means nothing without it. */
  readonly usedBy?: string;
  /** Of an address with the length of its prefix: that may be given as a netmask behind it, a word of its own. */
  readonly takesNetmask?: boolean;
  /** While it is `enable`, whoever changes its row, or what that holds, can change everything by it: they need `rw` everywhere. */
  readonly reachesAll?: boolean;
  /** One value is several words, which may be given without quotes. */
  readonly isLine?: boolean;
  /** Printed in double quotes even where that is not needed, as FortiWeb prints names. */
  readonly quoted?: boolean;
  /** Whether an earlier Levee took a text that this one refuses: what is stored so stays until it is set again. */
  readonly earlier?: (text: string) => boolean;
};

/** What a schema file may say of any field. */
export type Common = Pick<FieldMeta, 'help'> &
  Partial<
    Pick<
      FieldMeta,
      | 'required'
      | 'requiredWhere'
      | 'requiredUnless'
      | 'extension'
      | 'ofNode'
      | 'reachesAll'
      | 'spellings'
      | 'credential'
      | 'namesFile'
    >
  >;

/** Text as it is typed on one side, the value on the other; of a list, of one item. */
type FieldReader = z.ZodType<Scalar, string>;

export type FieldSchema = {
  readonly meta: FieldMeta;
  /** Made when it is first asked for. */
  reader(): FieldReader;
  /**
   * What the reader makes of a text, where that is seen at once: an import reads hundreds of thousands. Undefined: the
   * reader is to be asked.
   */
  readonly plain?: (text: string) => Scalar | undefined;
};

export function described(
  make: () => FieldReader,
  meta: FieldMeta,
  plain?: (text: string) => Scalar | undefined,
): FieldSchema {
  return { meta, reader: once(make), ...(plain && { plain }) };
}

/** A text that is kept in another form of it, which `canonical` gives; undefined: the text is malformed. */
export function canonicalText(canonical: (text: string) => string | undefined): z.ZodType<string, string> {
  const z = zod();
  return z.codec(z.string(), z.string(), {
    decode: (text, context) => {
      const kept = canonical(text);
      if (kept === undefined) context.issues.push({ code: 'custom', input: text });
      return kept ?? text;
    },
    encode: (value) => value,
  });
}

/** A code point takes one or two units: most texts need not be counted. */
function isLonger(text: string, maximum: number): boolean {
  if (text.length <= maximum) return false;
  return text.length > 2 * maximum || [...text].length > maximum;
}

/** A text of at most `maximum` code points. */
export function limitedText(maximum: number): z.ZodType<string, string> {
  return zod()
    .string()
    .check((context) => {
      if (isLonger(context.value, maximum)) {
        context.issues.push({
          code: 'too_big',
          origin: 'string',
          maximum,
          inclusive: true,
          input: context.value,
        });
      }
    });
}
