import { printWord, quote } from '../../text/quote.ts';

/** A word of the command line that is a name or a text: always quoted, so that it is no word of ours. */
export function name(text: string): string {
  return quote(text);
}

/** A table and an entry of it, with what is set there; `null` unsets. */
export function editLines(
  table: string,
  key: string,
  fields: Readonly<Record<string, string | null>>,
): readonly string[] {
  const set = Object.entries(fields).map(([field, value]) =>
    value === null ? `    unset ${field}` : `    set ${field} ${value}`,
  );
  return [`config ${table}`, `  edit ${name(key)}`, ...set, '  next', 'end'];
}

/** The lines of a change, so that it is taken back by itself unless it is confirmed within so many minutes. */
export function confirmedLines(lines: readonly string[], minutes: number): readonly string[] {
  return [
    'execute config-transaction start',
    ...lines,
    `execute config-transaction commit confirmed ${minutes}`,
  ];
}

/** Blocks a source under a policy. `source`: as Levee prints it. */
export function blockLine(policy: string, source: string, seconds: number): string {
  return `diagnose policy period-blockip add ${name(policy)} ${printWord(source)} ${seconds}`;
}

/** Ends the block of a source under a policy. */
export function liftLine(policy: string, source: string): string {
  return `diagnose policy period-blockip delete ${name(policy)} ${printWord(source)}`;
}

/** Where the trusted addresses of a policy are. */
export type TrustPlace = {
  readonly profile: string;
  /** Its list of addresses; or how a new one is to be called. */
  readonly list: string;
  readonly isNew: boolean;
};

/** Lets a source in whatever it holds, under all policies of a profile. `until`: in milliseconds since 1970; null: for good. */
export function trustLines(
  source: string,
  { profile, list, isNew }: TrustPlace,
  until: number | null,
): readonly string[] {
  return [
    'config waf ip-list',
    `  edit ${name(list)}`,
    '    config members',
    '      edit 0',
    '        set type trust-ip',
    `        set ip ${printWord(source)}`,
    ...(until === null ? [] : [`        set expires ${momentText(until)}`]),
    '      next',
    '    end',
    '  next',
    'end',
    ...(isNew
      ? editLines('waf web-protection-profile inline-protection', profile, { 'ip-list-policy': name(list) })
      : []),
  ];
}

/** As the command line writes a moment, to the minute after it. */
function momentText(milliseconds: number): string {
  const minute = 60_000;
  return new Date(Math.ceil(milliseconds / minute) * minute).toISOString().replace('.000Z', 'Z');
}
