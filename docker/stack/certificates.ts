import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StreamsError } from '../../topology/model/errors.ts';
import { runProgram } from './run-program.ts';

/** A certificate, its key (PKCS#8) and both with the authority's in one file, as paths of PEM files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  readonly keyStore: string;
}

/** A certificate authority that lives in one folder and is trusted by nobody else. */
export interface Authority {
  /** Path of its certificate, PEM. */
  readonly ca: string;
  /** A certificate under this common name; `hosts` as openssl writes them: `DNS:localhost`, `IP:127.0.0.1`. */
  issue(commonName: string, hosts?: readonly string[]): Promise<Certificate>;
}

/** Days: a stack that runs longer is started again. */
const VALID = '30';

/** A new authority in the folder. Throws `tool-missing` without openssl. */
export async function newAuthority(folder: string, name = 'ca'): Promise<Authority> {
  mkdirSync(folder, { recursive: true });
  const ca = join(folder, `${name}.pem`);
  const key = join(folder, `${name}.key`);
  await openssl(
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', ca, '-days', VALID],
    ['-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:TRUE'],
  );
  return {
    ca,
    issue: async (commonName, hosts = []) => {
      const at = (suffix: string): string => join(folder, `${commonName}${suffix}`);
      const names = hosts.length === 0 ? '' : `subjectAltName=${hosts.join(',')}\n`;
      writeFileSync(at('.ext'), `${names}extendedKeyUsage=serverAuth,clientAuth\n`);
      await openssl(
        ['req', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('.key'), '-out', at('.csr')],
        ['-subj', `/CN=${commonName}`],
      );
      await openssl(
        ['x509', '-req', '-in', at('.csr'), '-CA', ca, '-CAkey', key, '-CAcreateserial', '-days', VALID],
        ['-extfile', at('.ext'), '-out', at('.pem')],
      );
      return {
        certificate: at('.pem'),
        key: at('.key'),
        keyStore: joined(at('-store.pem'), at('.key'), at('.pem'), ca),
      };
    },
  };
}

function joined(store: string, ...files: readonly string[]): string {
  writeFileSync(store, files.map((file) => readFileSync(file, 'utf8')).join(''), { mode: 0o600 });
  return store;
}

async function openssl(...args: readonly (readonly string[])[]): Promise<void> {
  const { code, stderr } = await runProgram('openssl', args.flat(), { for: 'certificates' });
  if (code !== 0) throw new StreamsError('server-not-started', `openssl made no certificate:\n${stderr}\n`);
}
