import { Packer, PackingError, Unpacker } from './packing.ts';

/** How something is written. */
export type Form<T> = {
  readonly write: (packer: Packer, content: T) => void;
  /** Throws PackingError. */
  readonly read: (unpacker: Unpacker) => T;
};

/** One kind of what nodes tell each other, in each of its forms. */
export class Message<T> {
  readonly #forms: ReadonlyMap<number, Form<T>>;

  /** `forms`: by the version that brought them, in which order they stand. */
  constructor(forms: readonly (readonly [version: number, Form<T>])[]) {
    this.#forms = new Map(forms);
  }

  /** In the form that nodes of this version read. */
  pack(content: T, version: number): Buffer {
    const found = [...this.#forms].findLast(([since]) => since <= version);
    if (found === undefined) throw new RangeError(`version ${version} has no such message`);
    const [since, form] = found;
    const packer = new Packer();
    packer.number(since);
    form.write(packer, content);
    return packer.packed();
  }

  /** Throws PackingError. */
  unpack(bytes: Buffer): T {
    const unpacker = new Unpacker(bytes);
    const since = unpacker.number();
    const form = this.#forms.get(since);
    if (form === undefined) throw new PackingError(`version ${since} is not known`);
    const content = form.read(unpacker);
    unpacker.end();
    return content;
  }
}
