import { connect } from 'node:net';

export type RawReply = {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

/** Sends bytes as they are, which no client of HTTP would, and reads until the other side ends. */
export function rawRequest(port: number, text: string): Promise<RawReply> {
  const { promise, resolve, reject } = Promise.withResolvers<RawReply>();
  const socket = connect(port, '127.0.0.1');
  let told = '';
  socket.setEncoding('latin1').on('data', (data) => {
    told += data;
  });
  socket.once('error', (error) => (told === '' ? reject(error) : undefined));
  socket.once('close', () => {
    const [head = '', ...body] = told.split('\r\n\r\n');
    const [first = '', ...lines] = head.split('\r\n');
    const headers = lines.map((line): [string, string] => {
      const [name = '', ...value] = line.split(': ');
      return [name.toLowerCase(), value.join(': ')];
    });
    const status = Number(first.split(' ')[1] ?? 0);
    resolve({ status, headers: new Map(headers), body: body.join('\r\n\r\n') });
  });
  socket.write(text, 'latin1');
  return promise;
}

/** The text of a request that ends its connection. */
export function requestText(
  target: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
  body = '',
): string {
  const all = { Host: '127.0.0.1', Connection: 'close', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${target} HTTP/1.1`, ...lines, '', body].join('\r\n');
}
