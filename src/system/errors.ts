/**
 * Every error that a session reports. `returnCode` is FortiWeb's or FortiOS's number for it
 * (null: a line that has none); `message` takes the offending word, as typed.
 */
export const errors = {
  'unknown-action': { returnCode: null, message: () => 'Unknown action 0' },
  'unknown-word': { returnCode: -61, message: (word: string) => `command parse error before '${word}'` },
  'ambiguous-word': { returnCode: -61, message: (word: string) => `ambiguous command before '${word}'` },
  'wrong-level': { returnCode: -61, message: (word: string) => `command parse error before '${word}'` },
  'no-list': { returnCode: -61, message: (word: string) => `command parse error before '${word}'` },
  'unclosed-quote': { returnCode: -61, message: () => 'unmatched quote' },
  'invalid-text': { returnCode: -61, message: () => 'the text holds what no text can hold' },
  incomplete: { returnCode: -160, message: () => 'incomplete command in the end' },
  'invalid-value': { returnCode: -651, message: (word: string) => `value parse error before '${word}'` },
  'invalid-script': { returnCode: -651, message: (word: string) => `script parse error at ${word}` },
  'too-long': { returnCode: -1, message: (word: string) => `string value is too long before '${word}'` },
  'not-an-address': { returnCode: -8, message: (word: string) => `invalid ip address before '${word}'` },
  'not-found': { returnCode: -3, message: (word: string) => `entry not found in datasource: '${word}'` },
  'in-use': { returnCode: -23, message: (word: string) => `the entry '${word}' is in use` },
  exists: { returnCode: -5, message: (word: string) => `the entry '${word}' exists already` },
  'must-be-set': { returnCode: -56, message: (word: string) => `attribute '${word}' must be set` },
  'too-many': { returnCode: -4, message: (word: string) => `no room for entry '${word}'` },
  'beyond-limit': { returnCode: -4, message: (word: string) => `limit exceeded at '${word}'` },
  permission: { returnCode: -37, message: () => 'permission denied' },
  'read-only': { returnCode: -37, message: (word: string) => `'${word}' is predefined and can't be changed` },
  conflict: { returnCode: -45, message: (word: string) => `'${word}' was changed by someone else` },
  unconfirmed: {
    returnCode: -45,
    message: (word: string) => `revision ${word} waits for its confirmation`,
  },
  held: { returnCode: -45, message: (word: string) => `only '${word}' can change the configuration now` },
  'policy-not-applicable': {
    returnCode: -45,
    message: (word: string) => `policy '${word}' can't be applied`,
  },
  'door-not-applicable': {
    returnCode: -45,
    message: (word: string) => `door '${word}' can't be opened`,
  },
  'last-administrator': {
    returnCode: -37,
    message: (word: string) => `'${word}' is the last administrator who can manage administrators`,
  },
  'not-running': { returnCode: -20, message: () => 'the enforcer is not running' },
  'operation-failed': { returnCode: -20, message: (word: string) => `the operation failed: ${word}` },
  'not-saved': { returnCode: 10, message: () => 'the configuration could not be saved' },
} satisfies Record<string, { returnCode: number | null; message: (word: string) => string }>;

export type ErrorName = keyof typeof errors;
