import type { Server } from 'node:https';
import { reasonOf } from '../../../text/reason.ts';
import type { TlsFiles } from '../../door.ts';
import { type OwnCertificate, tlsOf } from './tls-files.ts';

/** No older version of TLS is spoken. */
export const minVersion = 'TLSv1.2';

/**
 * Takes over what the files of a certificate hold once they hold something else: authorities give certificates for few
 * weeks. What can't be used, as while they are being written, leaves the one before in force, and `failed` hears of it
 * once. It ends with the server.
 *
 * @param interval milliseconds between two looks
 */
export function keepRenewed(
  server: Server,
  files: TlsFiles,
  own: OwnCertificate,
  interval: number,
  failed: (reason: string) => void,
): void {
  let { certificate: present } = tlsOf(files, own);
  let failure = '';
  const look = (): void => {
    try {
      const { key, certificate } = tlsOf(files, own);
      failure = '';
      if (certificate === present) return;
      server.setSecureContext({ key, cert: certificate, minVersion });
      present = certificate;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== failure) failed(reason);
      failure = reason;
    }
  };
  const timer = setInterval(look, interval).unref();
  server.once('close', () => clearInterval(timer));
}
