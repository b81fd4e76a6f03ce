import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate and its key: the files, and their text in PEM. */
export type Issued = {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
};

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** An authority that signs certificates, made with openssl(1). */
export class Authority {
  readonly own: Issued;
  readonly #folder: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    const { keyFile, certFile } = this.#filesOf(name);
    const options = ['-x509', ...newKey, '-days', '1', '-subj', `/CN=${name}`];
    openssl(['req', ...options, '-keyout', keyFile, '-out', certFile]);
    this.own = read(certFile, keyFile);
  }

  /** For 127.0.0.1, on whichever side. */
  issue(name: string): Issued {
    const { keyFile, certFile } = this.#filesOf(name);
    const [request, extensions] = [join(this.#folder, 'request.pem'), join(this.#folder, 'extensions')];
    writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1\n');
    openssl(['req', ...newKey, '-subj', `/CN=${name}`, '-keyout', keyFile, '-out', request]);
    const signer = ['-CA', this.own.certFile, '-CAkey', this.own.keyFile, '-CAcreateserial'];
    const options = ['-days', '1', '-extfile', extensions, '-out', certFile];
    openssl(['x509', '-req', '-in', request, ...signer, ...options]);
    return read(certFile, keyFile);
  }

  #filesOf(name: string): Pick<Issued, 'certFile' | 'keyFile'> {
    return {
      certFile: join(this.#folder, `${name}.cert.pem`),
      keyFile: join(this.#folder, `${name}.key.pem`),
    };
  }
}

function read(certFile: string, keyFile: string): Issued {
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

function openssl(words: readonly string[]): void {
  execFileSync('openssl', words, { stdio: 'pipe' });
}
