import {
  type Answer,
  type BatchOptions,
  changesShown,
  type Outcome,
  type ReplyPart,
} from '../../cli/session/session.ts';
import type { Completion, HelpLine, Highlight } from '../../cli/typing/assistance.ts';
import type { Credentials, LoginRefusal } from '../../system/login.ts';

/**
 * From a client. A batch is announced, then sent in chunks, then run, and a long answer comes in pieces: no message grows
 * with the text.
 */
export type Request =
  | { readonly type: 'open'; readonly origin: string; readonly credentials: Credentials }
  | { readonly type: 'execute'; readonly text: string }
  | { readonly type: 'batch'; readonly options: BatchOptions }
  | { readonly type: 'source'; readonly name: string }
  /** Bytes of the last source, in base64: a text may be in no encoding at all. */
  | { readonly type: 'chunk'; readonly bytes: string }
  | { readonly type: 'run' }
  | { readonly type: 'state' }
  /** What comes before the text of the next `answer`. */
  | { readonly type: 'piece'; readonly text: string }
  | { readonly type: 'answer'; readonly value: Answer }
  | { readonly type: 'complete' | 'help'; readonly text: string; readonly cursor: number }
  | { readonly type: 'highlight' | 'may-hold-secret'; readonly text: string }
  | { readonly type: 'interrupt' };

/** From the server: `execute`, `run` and `state` are answered by parts and one outcome, others by their like, in order. */
export type Response =
  | { readonly type: 'part'; readonly part: ReplyPart }
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  | { readonly type: 'opened'; readonly account: number; readonly notice: string | null }
  | { readonly type: 'login'; readonly refusal: LoginRefusal }
  | { readonly type: 'complete'; readonly completion: Completion }
  | { readonly type: 'help'; readonly lines: readonly HelpLine[] }
  | { readonly type: 'highlight'; readonly highlights: readonly Highlight[] }
  | { readonly type: 'may-hold-secret'; readonly value: boolean }
  /** Levee has ended the session while nothing ran; nothing follows. */
  | { readonly type: 'revoked'; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string };

/** About how many bytes of memory a request takes. */
export function sizeOf(request: Request): number {
  if ('text' in request) return 2 * request.text.length;
  if ('bytes' in request) return request.bytes.length;
  return 'name' in request ? 2 * request.name.length : 0;
}

/** Bytes of a text in one `chunk`, and UTF-16 code units in one `piece`. */
export const chunkSize = 512 * 1024;

type Fields = {
  readonly [name in
    | 'type'
    | 'origin'
    | 'text'
    | 'name'
    | 'bytes'
    | 'options'
    | 'cursor'
    | 'value'
    | 'credentials']?: unknown;
};

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** The request that a client sent, or undefined where it is none. */
export function readRequest(request: unknown): Request | undefined {
  if (!isFields(request)) return undefined;
  const { type, origin, text, name, bytes, options, cursor, value, credentials } = request;
  switch (type) {
    case 'run':
    case 'state':
    case 'interrupt':
      return { type };
    case 'open':
      return typeof origin === 'string' && isCredentials(credentials)
        ? // No client of the socket can say that a signature was checked.
          { type, origin, credentials: { ...credentials, key: null } }
        : undefined;
    case 'execute':
    case 'piece':
      return typeof text === 'string' ? { type, text } : undefined;
    case 'highlight':
    case 'may-hold-secret':
      return typeof text === 'string' ? { type, text } : undefined;
    case 'complete':
    case 'help':
      return typeof text === 'string' && typeof cursor === 'number' ? { type, text, cursor } : undefined;
    case 'answer':
      return isAnswer(value) ? { type, value } : undefined;
    case 'source':
      return typeof name === 'string' ? { type, name } : undefined;
    case 'chunk':
      return typeof bytes === 'string' ? { type, bytes } : undefined;
    case 'batch':
      return isBatchOptions(options) ? { type, options } : undefined;
    default:
      return undefined;
  }
}

function isAnswer(value: unknown): value is Answer {
  if (value === null || typeof value === 'string') return true;
  return typeof value === 'object' && 'reason' in value && typeof value.reason === 'string';
}

function isCredentials(value: unknown): value is Credentials {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['name', 'password', 'code', 'newPassword'].every((name) => {
      const member: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
      return member === null || typeof member === 'string';
    })
  );
}

function isBatchOptions(value: unknown): value is BatchOptions {
  return (
    typeof value === 'object' &&
    value !== null &&
    [
      'check',
      'thenDone',
      'keepGoing',
      'skipUnknown',
      'replace',
      'isImport',
      'operations',
      'named',
      'here',
    ].every((name) => typeof Object.getOwnPropertyDescriptor(value, name)?.value === 'boolean') &&
    'changes' in value &&
    changesShown.some((changes) => changes === value.changes) &&
    'comment' in value &&
    typeof value.comment === 'string' &&
    'vdom' in value &&
    (value.vdom === null || typeof value.vdom === 'string')
  );
}

/** The server is this product in this version: its messages are taken by their type. */
export function isResponse(value: unknown): value is Response {
  return (
    isFields(value) &&
    [
      'part',
      'outcome',
      'opened',
      'login',
      'complete',
      'help',
      'highlight',
      'may-hold-secret',
      'revoked',
      'failed',
    ].includes(String(value.type))
  );
}
