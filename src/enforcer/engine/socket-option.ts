/** The numbers of getsockopt(2): SOL_SOCKET, IPPROTO_IP, ... and the option's own. */
export type OptionNumber = { readonly level: number; readonly name: number };

/** An option of a socket, as it can be read and perhaps set. */
export type SocketOption = {
  readonly name: string;
  /** An int, a struct linger (its value in seconds, -1: off), a struct timeval (its value in milliseconds). */
  readonly form: 'int' | 'linger' | 'timeval';
  /** The greatest value: one above 2,147,483,647 takes all 32 bits. */
  readonly most: number;
  readonly linux: OptionNumber;
  /** Where a socket of IPv6 has another option for the same. */
  readonly linuxV6?: OptionNumber;
  /** Where it is another option on the side that connects. */
  readonly linuxConnecting?: OptionNumber;
};

/** Whatever has the options of a socket: a stream, a listener, or a socket that is about to connect. */
export interface OptionSocket {
  /** In the unit that the option's form states; null where the system does not say. */
  getOption(option: SocketOption): number | null;
  /** Null: it is set. Else why it can't be, in a few words. */
  setOption(option: SocketOption, value: number): string | null;
}
