import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../page-context.ts';

export type Asked<Value> = {
  /** Null: there is no answer yet. What was answered before stays until the next. */
  readonly value: Value | null;
  /** Asks again. */
  readonly again: () => void;
};

/** What is asked when a view opens, and again whenever one of the texts or numbers changes. */
export function useAsked<Value>(
  ask: () => Promise<Value>,
  asksAgainFor: readonly (string | number | boolean | null)[],
): Asked<Value> {
  const { failed } = usePage();
  const [value, setValue] = useState<Value | null>(null);
  const [turn, setTurn] = useState(0);
  const latest = useRef(0);
  useEffect(() => {
    latest.current += 1;
    const own = latest.current;
    // An answer that comes after a later question is of no use, nor one for a view that nobody sees any more.
    const ifLatest =
      <Answer>(take: (answer: Answer) => void) =>
      (answer: Answer): void => {
        if (latest.current === own) take(answer);
      };
    ask().then(ifLatest(setValue), ifLatest(failed));
  }, [...asksAgainFor, turn]);
  useEffect(() => {
    const leave = (): void => {
      latest.current = Number.POSITIVE_INFINITY;
    };
    return leave;
  }, []);
  return { value, again: () => setTurn((before) => before + 1) };
}

/** A value that may change every second, as it was at most so many milliseconds ago. */
export function useSeldom<Value>(value: Value, milliseconds: number): Value {
  const [seldom, setSeldom] = useState(value);
  const changed = useRef(0);
  useEffect(() => {
    if (value === seldom) return;
    const timer = setTimeout(
      () => {
        changed.current = performance.now();
        setSeldom(value);
      },
      changed.current + milliseconds - performance.now(),
    );
    return () => clearTimeout(timer);
  }, [value, seldom]);
  return seldom;
}
