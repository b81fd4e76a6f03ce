import type { Question } from '../typing/assistance.ts';
import type { LiveView } from './live-view.ts';
import type { Answer, Emit, ReplyPart } from './session.ts';

/** What the running command of a session wants to know of its client, one thing at a time. */
export class Inquiry {
  #asking: PromiseWithResolvers<Answer> | undefined;
  #isOver = false;

  /** Null: the person won't say. */
  async ask(question: Question, emit: Emit): Promise<string | null> {
    const answer = await this.put({ kind: 'question', question }, emit);
    return typeof answer === 'string' ? answer : null;
  }

  /** Shows a view. Resolves to what a key asks for within so many milliseconds; null: none does. */
  async show(view: LiveView, milliseconds: number, emit: Emit): Promise<string | null> {
    const timer = setTimeout(() => this.answer(null), milliseconds);
    const answer = await this.put({ kind: 'live', view }, emit);
    clearTimeout(timer);
    return typeof answer === 'string' ? answer : null;
  }

  /** Resolves to what the client answers to a part. */
  put(part: ReplyPart, emit: Emit): Promise<Answer> {
    if (this.#isOver) return Promise.resolve(null);
    const asking = Promise.withResolvers<Answer>();
    this.#asking = asking;
    emit(part);
    return asking.promise;
  }

  answer(value: Answer): void {
    this.#asking?.resolve(value);
    this.#asking = undefined;
  }

  /** The client has gone, and will never answer. */
  end(): void {
    this.#isOver = true;
  }
}
