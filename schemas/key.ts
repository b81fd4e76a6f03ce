import type { z } from 'zod';
import { limitedText } from './field.ts';
import { once } from './once.ts';
import { zod } from './zod.ts';

/** How the rows of a table are told apart: by a name, or by a number for which 0 stands for the next free one. */
export type Key = {
  readonly kind: 'name' | 'number';
  readonly expected: string;
  /** Text as it is typed on one side, the key on the other. Made when it is first asked for. */
  reader(): z.ZodType<string, string>;
  /** Whether a text is a key as it stands, and that is seen at once; where not, the reader is to be asked. */
  readonly isPlain?: (text: string) => boolean;
  readonly maximum: number;
  /** What it matches besides, as JavaScript and JSON Schema write it. */
  readonly pattern?: string;
  /** Whether an earlier Levee took a text that this one refuses: what is stored so can be used until it is renamed. */
  readonly earlier?: (text: string) => boolean;
};

/** C0, DEL and C1 controls except tab and newline. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const refused = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u;

/** Well-formed text without control characters but tab and newline, at most `maximum` code points. */
export function printableText(maximum: number): z.ZodType<string, string> {
  return limitedText(maximum).check((context) => {
    if (refused.test(context.value) || !context.value.isWellFormed()) {
      context.issues.push({ code: 'custom', input: context.value });
    }
  });
}

/** Printable text that is not empty. */
export function filledText(maximum: number): z.ZodType<string, string> {
  return printableText(maximum).check((context) => {
    if (context.value === '') context.issues.push({ code: 'custom', input: context.value });
  });
}

/**
 * What makes a name look like another one, or like more than one line: controls, line ends, what turns the direction of
 * writing (bidi), what nothing shows, what looks like a space and is none, and what stands for no character. A variation
 * selector is part of an emoji.
 */
const unseen =
  /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}[\p{Zs}--\u0020]\p{Noncharacter_Code_Point}\u2800\ufffc[\p{DI}--[\ufe00-\ufe0f]]]/v;

/** A name: one line that is not empty, of which every character can be seen. */
export function nameText(maximum: number): z.ZodType<string, string> {
  return filledText(maximum).check(({ value, issues }) => {
    const [found] = unseen.exec(value) ?? [];
    if (found === undefined) return;
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    issues.push({ code: 'custom', input: value, params: { reason: `U+${code} can't be seen` } });
  });
}

export function nameKey(maximum = 63): Key {
  return {
    kind: 'name',
    maximum,
    reader: once(() => nameText(maximum)),
    isPlain: (text) => text.length <= maximum && /^[ -~]+$/.test(text),
    earlier: (text) => filledText(maximum).safeParse(text).success,
    expected: `a name of 1 to ${maximum} characters`,
  };
}

/** What an account of a program has before its name, so that it is no administrator who may be called the same. */
export const programMark = 'token:';

/** As `nameKey`, for administrators: none can be taken for a program. */
export function administratorKey(): Key {
  const key = nameKey();
  return {
    ...key,
    isPlain: () => false,
    reader: once(() =>
      nameText(key.maximum).check(({ value, issues }) => {
        if (value.toLowerCase().startsWith(programMark)) {
          const reason = `"${programMark}" stands before the names of programs`;
          issues.push({ code: 'custom', input: value, params: { reason } });
        }
      }),
    ),
  };
}

/** A name of letters, digits, underscores and hyphens. */
export function plainNameKey(maximum = 63): Key {
  const pattern = /^[A-Za-z0-9_-]+$/;
  return {
    kind: 'name',
    maximum,
    pattern: pattern.source,
    reader: once(() => limitedText(maximum).check(zod().regex(pattern))),
    expected: `a name of 1 to ${maximum} characters: letters, digits, _ and -`,
  };
}

/** Row numbers from 1 to `maximum`; they are text like any key, in their shortest form. */
export function numberKey(maximum = 65535): Key {
  return {
    kind: 'number',
    maximum,
    reader: once(() => numberText(maximum)),
    expected: `a number from 1 to ${maximum}, or 0 for the next free one`,
  };
}

function numberText(maximum: number): z.ZodType<string, string> {
  const z = zod();
  return z.codec(z.string().regex(/^\d{1,15}$/), z.string(), {
    decode: (text, context) => {
      if (Number(text) > maximum) context.issues.push({ code: 'custom', input: text });
      return String(Number(text));
    },
    encode: (value) => value,
  });
}
