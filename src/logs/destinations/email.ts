import type { SMTPTransportOptions } from 'nodemailer';
import { reaches } from '../../events/level.ts';
import { trustedAuthorities } from '../../net/trusted-authorities.ts';
import type { Reveal } from '../../policy/reading.ts';
import type { NumberedRecord } from '../records/record.ts';
import type { DestinationKind, Sender } from '../sending/destination-kind.ts';
import { type EmailPolicy, emailObjections, emailPolicies } from './email/settings.ts';
import { mailText } from './email/text.ts';

/** Milliseconds for each step of a conversation with the server. */
const patience = 30_000;

/** Sends mail to the recipients of one email policy. */
class EmailSender implements Sender<NumberedRecord> {
  readonly name: string;
  readonly limit = 1000;
  /** Records in one mail: some 200 KB. */
  readonly batch = 500;
  readonly delay: number;
  refusal = '';
  readonly way: string;
  #response = '';
  readonly #settings: EmailPolicy;
  readonly #reveal: Reveal;

  constructor(settings: EmailPolicy, reveal: Reveal) {
    this.name = `email policy "${settings.name}", ${settings.server} port ${settings.port}`;
    this.way = settings.security === 'NONE' ? 'mail in clear' : `mail, ${settings.security}`;
    this.delay = settings.interval;
    this.#settings = settings;
    this.#reveal = reveal;
  }

  itemOf(record: NumberedRecord): NumberedRecord | undefined {
    return reaches(record.level, this.#settings.severity) ? record : undefined;
  }

  async send(records: readonly NumberedRecord[], signal: AbortSignal): Promise<void> {
    const { from, to } = this.#settings;
    const { subject, body } = mailText(records);
    // Loaded with the first mail: a command that is run once seldom has one.
    const { createTransport } = await import('nodemailer');
    const transport = createTransport(this.#options);
    try {
      const { rejected, response } = await transport.sendMail({
        from,
        to: [...to],
        subject,
        text: body,
        // RFC 3834: no out-of-office notice is wanted for it.
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
        signal,
      });
      this.#response = response;
      this.refusal = rejected.length === 0 ? '' : `the server refuses ${rejected.join(', ')}`;
    } finally {
      transport.close();
    }
  }

  answer(): Promise<string> {
    return Promise.resolve([this.#response, this.refusal].filter((part) => part !== '').join('; '));
  }

  /** Each mail has a connection of its own. */
  close(): void {}

  get #options(): SMTPTransportOptions {
    const { server, port, security, verifyCertificate, login } = this.#settings;
    const authorities = security === 'NONE' || !verifyCertificate ? {} : { ca: trustedAuthorities() };
    return {
      host: server,
      port,
      secure: security === 'SSL/TLS',
      requireTLS: security === 'STARTTLS',
      ignoreTLS: security === 'NONE',
      tls: { rejectUnauthorized: verifyCertificate, ...authorities },
      ...(login === null ? {} : { auth: { user: login.user, pass: this.#reveal(login.password) } }),
      connectionTimeout: patience,
      greetingTimeout: patience,
      socketTimeout: patience,
      dnsTimeout: patience,
    };
  }
}

/** Mail, by email policies. */
export default {
  compile: emailPolicies,
  objections: emailObjections,
  open: (settings, reveal) => new EmailSender(settings, reveal),
} satisfies DestinationKind<EmailPolicy, NumberedRecord>;
