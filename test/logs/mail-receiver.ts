import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Certificate } from './certificate.ts';
import { Received } from './syslog-receivers.ts';

export type Mail = {
  readonly from: string;
  readonly to: readonly string[];
  /** Of the login, if there was one. */
  readonly user: string | undefined;
  readonly encrypted: boolean;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
};

export type MailReceiver = { readonly port: number; readonly mails: Mail[]; readonly received: Received };

type Options = {
  readonly certificate?: Certificate;
  /** TLS from the start. */
  readonly secure?: boolean;
  /** Whom it lets in; nobody needs to log in where it is left out. */
  readonly password?: string;
  /** What it says of a mail; undefined: it takes it. */
  readonly refusal?: (attempt: number) => string | undefined;
  readonly refusedRecipient?: string;
};

/** A mail server on a port of its own. */
export async function mailReceiver(context: TestContext, options: Options = {}): Promise<MailReceiver> {
  const mails: Mail[] = [];
  const received = new Received();
  let attempt = 0;
  const { certificate, secure = false, password, refusal, refusedRecipient } = options;
  const authentication: SMTPServerOptions =
    password === undefined
      ? { authOptional: true, disabledCommands: ['AUTH'] }
      : {
          onAuth: (login, _session, done) => {
            if (login.password === password) done(null, { user: login.username });
            else done(new Error('who are you'));
          },
        };
  const server = new SMTPServer({
    secure,
    ...(certificate ?? {}),
    ...(certificate === undefined ? { disabledCommands: ['STARTTLS'] } : {}),
    allowInsecureAuth: true,
    ...authentication,
    ...(certificate === undefined && password === undefined
      ? { disabledCommands: ['AUTH', 'STARTTLS'] }
      : {}),
    onRcptTo: ({ address }, _session, done) =>
      done(address === refusedRecipient ? new Error('no such mailbox') : undefined),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        attempt += 1;
        const refused = refusal?.(attempt);
        if (refused !== undefined) {
          done(new Error(refused));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        const mail = {
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user,
          encrypted: session.secure,
          ...parse(Buffer.concat(chunks).toString('utf8')),
        };
        mails.push(mail);
        received.add(mail.text);
        done();
      });
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  context.after(() => new Promise<void>((resolve) => server.close(resolve)));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, mails, received };
}

/** The headers by their names in small letters, unfolded, and the text decoded. */
function parse(source: string): Pick<Mail, 'headers' | 'text'> {
  const end = source.indexOf('\r\n\r\n');
  const lines = source
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const body = source.slice(end + 4);
  const encoding = headers.get('content-transfer-encoding');
  if (encoding === 'base64') return { headers, text: Buffer.from(body, 'base64').toString('utf8') };
  return { headers, text: encoding === 'quoted-printable' ? fromQuotedPrintable(body) : body };
}

function fromQuotedPrintable(body: string): string {
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
