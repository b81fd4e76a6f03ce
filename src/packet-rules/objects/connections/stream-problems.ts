import type { StreamProblem } from '../../../packets/streams/cursor.ts';

/** The errors that Lua gets. */
export const streamProblems: Readonly<Record<StreamProblem, string>> = {
  'data already sent': 'stream is read-only at this position (data already sent)',
  'data not captured': 'stream is read-only at this position (data not captured)',
  'the stream has ended': 'stream is read-only at this position (the stream has ended)',
  'no room': 'stream holds as much as it may',
  'pass-through mode': 'operation not supported (pass-through mode)',
  'no such mark': 'this mark is released, or what it stood at is gone',
};
