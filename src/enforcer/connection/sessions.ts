import type { Session, Sessions } from '../worker/messages.ts';
import type { PolicyState } from '../worker/policy-state.ts';
import { sessionOf } from './report.ts';

/** At most `limit` of a policy's connections in this worker, the newest first. `now` on the engine's clock. */
export function sessionsOf(policy: PolicyState, limit: number, now: number): Sessions {
  const sessions: Session[] = [];
  let total = 0;
  policy.each((connection) => {
    if (!connection.isOpen) return;
    total++;
    const ends = sessions.length < limit ? connection.keepEnds() : null;
    if (ends !== null) sessions.push(sessionOf(connection, ends, now));
  });
  return { sessions, total };
}

/** The answers of all workers as one. */
export function mergeSessions(answers: readonly Sessions[], limit: number): Sessions {
  return {
    sessions: answers
      .flatMap(({ sessions }) => sessions)
      .sort((one, other) => one.age - other.age)
      .slice(0, limit),
    total: answers.reduce((sum, { total }) => sum + total, 0),
  };
}
