import type { SMTPTransportOptions } from 'nodemailer';
import type { Event } from '../../events/events.ts';
import { reaches } from '../../events/level.ts';
import type { EmailPolicy } from '../../policy/logging.ts';
import type { NumberedRecord } from '../records/record.ts';
import { mailText } from './mail-text.ts';
import { type Pauses, SendingQueue, type TargetStatus } from './sending-queue.ts';
import { trustedAuthorities } from './trusted-authorities.ts';

const limit = 1000;
/** Records in one mail: some 200 KB. */
const batch = 500;
/** Milliseconds for each step of a conversation with the server. */
const patience = 30_000;

/** Clear text of a sealed secret. Throws with what to do where it can't be had. */
export type Reveal = (sealed: string) => string;

/** The recipients of one email policy. */
export class MailTarget {
  readonly settings: EmailPolicy;
  readonly #reveal: Reveal;
  readonly #queue: SendingQueue<NumberedRecord>;
  #refused = '';

  constructor(settings: EmailPolicy, pauses: Pauses, reveal: Reveal, report: (event: Event) => void) {
    this.settings = settings;
    this.#reveal = reveal;
    this.#queue = new SendingQueue<NumberedRecord>({
      target: `email policy "${settings.name}", ${settings.server} port ${settings.port}`,
      limit,
      batch,
      pauses,
      delay: settings.interval,
      send: (records) => this.#send(records),
      report,
    });
  }

  get status(): TargetStatus {
    const { status } = this.#queue;
    return { ...status, lastError: status.lastError || this.#refused };
  }

  /** Takes a record that is severe enough. */
  write(record: NumberedRecord): void {
    if (reaches(record.level, this.settings.severity)) this.#queue.push(record);
  }

  /** Takes the place of another target, with what that had not sent. */
  async succeed(other: MailTarget): Promise<void> {
    this.#queue.adopt(await other.#queue.stop());
  }

  drain(patienceOfAll: number): Promise<void> {
    return this.#queue.drain(patienceOfAll);
  }

  async #send(records: readonly NumberedRecord[]): Promise<void> {
    const { from, to } = this.settings;
    const { subject, body } = mailText(records);
    // Loaded with the first mail: a command that is run once seldom has one.
    const { createTransport } = await import('nodemailer');
    const transport = createTransport(this.#options);
    try {
      const { rejected } = await transport.sendMail({
        from,
        to: [...to],
        subject,
        text: body,
        // RFC 3834: no out-of-office notice is wanted for it.
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      this.#refused = rejected.length === 0 ? '' : `the server refuses ${rejected.join(', ')}`;
    } finally {
      transport.close();
    }
  }

  get #options(): SMTPTransportOptions {
    const { server, port, security, verifyCertificate, login } = this.settings;
    const authorities = security === 'NONE' || !verifyCertificate ? {} : { ca: trustedAuthorities() };
    return {
      host: server,
      port,
      secure: security === 'SSL/TLS',
      requireTLS: security === 'STARTTLS',
      ignoreTLS: security === 'NONE',
      tls: { rejectUnauthorized: verifyCertificate, ...authorities },
      ...(login === null ? {} : { auth: { user: login.user, pass: this.#reveal(login.sealedPassword) } }),
      connectionTimeout: patience,
      greetingTimeout: patience,
      socketTimeout: patience,
      dnsTimeout: patience,
    };
  }
}
