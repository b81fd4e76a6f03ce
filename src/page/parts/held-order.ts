import { useRef, useState } from 'preact/hooks';
import { inOrder } from '../reckoning/order.ts';

type Held<Row> = {
  readonly rows: readonly Row[];
  /** Handlers of what is around the rows. */
  readonly handlers: {
    readonly onPointerEnter: () => void;
    readonly onPointerLeave: () => void;
    readonly onFocusIn: (event: FocusEvent) => void;
    readonly onFocusOut: () => void;
  };
  /** Somebody wants another order. */
  readonly release: () => void;
};

/** Rows that stay where they are while somebody points at one, or has the keyboard in one; new ones come last. */
export function useHeldOrder<Row>(usual: readonly Row[], id: (row: Row) => string): Held<Row> {
  const [isPointed, setPointed] = useState(false);
  const [focused, setFocused] = useState<Element | null>(null);
  const held = useRef<readonly string[]>([]);
  const rows = isPointed || focused?.isConnected === true ? inOrder(usual, id, held.current) : usual;
  held.current = rows.map(id);
  return {
    rows,
    handlers: {
      onPointerEnter: () => setPointed(true),
      onPointerLeave: () => setPointed(false),
      // Where somebody has clicked, the focus stays long after they have turned to something else.
      onFocusIn: ({ target }) =>
        setFocused(target instanceof Element && target.matches(':focus-visible') ? target : null),
      onFocusOut: () => setFocused(null),
    },
    release: () => setPointed(false),
  };
}
