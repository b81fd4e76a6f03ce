import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../page-context.ts';

export type Polled<Value> = {
  /** Null: it is not known yet. */
  readonly value: Value | null;
  /** Asks now. */
  readonly again: () => void;
};

/**
 * Asks something again and again while the page is seen. `question` says what is asked: another one is asked at once.
 * Where it is null, nothing is. Without `milliseconds` it is asked once.
 */
export function usePolled<Value>(
  question: string | null,
  ask: () => Promise<Value>,
  milliseconds?: number | undefined,
): Polled<Value> {
  const { failed } = usePage();
  const [value, setValue] = useState<Value | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (question === null) return;
    let isOver = false;
    let timer: number | undefined;
    const askOnce = async (): Promise<void> => {
      try {
        const answer = document.hidden ? null : await ask();
        if (answer !== null && !isOver) setValue(() => answer);
      } catch (error) {
        if (!isOver) failed(error);
      }
      if (!isOver && milliseconds !== undefined) timer = setTimeout(() => void askOnce(), milliseconds);
    };
    void askOnce();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [question, turn]);
  return { value, again: () => setTurn((before) => before + 1) };
}
