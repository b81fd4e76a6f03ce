import { useRef, useState } from 'preact/hooks';
import { inOrder } from '../reckoning/order.ts';

type Held<Row> = {
  readonly rows: readonly Row[];
  /** Handlers of what is around the rows. */
  readonly handlers: Readonly<
    Record<'onPointerEnter' | 'onPointerLeave' | 'onFocusIn' | 'onFocusOut', () => void>
  >;
  /** Somebody wants another order. */
  readonly release: () => void;
};

/** Rows that stay where they are while somebody points at one, or has the keyboard in one; new ones come last. */
export function useHeldOrder<Row>(usual: readonly Row[], id: (row: Row) => string): Held<Row> {
  const [isPointed, setPointed] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const held = useRef<readonly string[]>([]);
  const rows = isPointed || isFocused ? inOrder(usual, id, held.current) : usual;
  held.current = rows.map(id);
  return {
    rows,
    handlers: {
      onPointerEnter: () => setPointed(true),
      onPointerLeave: () => setPointed(false),
      onFocusIn: () => setFocused(true),
      onFocusOut: () => setFocused(false),
    },
    release: () => setPointed(false),
  };
}
