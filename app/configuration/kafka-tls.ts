import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { TlsAccess } from '../../connectors/kafka-client/access.ts';
import { pemIn } from './pem.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * TLS to brokers; undefined when it is not wanted. The files are read anew with each connection, so that certificates may be replaced while
 * the process runs; while one of them is away, or key and certificate are not of one pair, all stay what they were.
 * What is wrong is added to `faults`, each naming its variable and the mend.
 */
export function kafkaTlsIn(environment: Environment, faults: string[]): (() => TlsAccess) | undefined {
  const flag = environment['KAFKA_TLS'] ?? '';
  if (!['', 'true', 'false'].includes(flag)) faults.push(`KAFKA_TLS is ${flag}: write true or false.`);
  let last = filesIn(environment, faults);
  if (flag !== 'true' && last.ca === undefined && last.cert === undefined) return undefined;
  if (flag === 'false')
    faults.push('KAFKA_TLS is false, but certificates are given: take the one or the other away.');
  return () => {
    const wrong: string[] = [];
    const fresh = filesIn(environment, wrong);
    if (wrong.length === 0) last = fresh;
    return last;
  };
}

function filesIn(environment: Environment, faults: string[]): TlsAccess {
  const ca = pemIn(environment, 'KAFKA_TLS_CA_FILE', faults);
  const cert = pemIn(environment, 'KAFKA_TLS_CERT_FILE', faults);
  const key = pemIn(environment, 'KAFKA_TLS_KEY_FILE', faults);
  if ((cert === undefined) !== (key === undefined))
    faults.push('KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE belong together: give both or none.');
  const fault = cert === undefined || key === undefined ? undefined : faultOfPair(cert, key);
  if (fault !== undefined) faults.push(fault);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Without it no connection would come about, and a broker would seem to be away. */
function faultOfPair(cert: string, key: string): string | undefined {
  try {
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return undefined;
    return 'KAFKA_TLS_KEY_FILE holds another key than that of KAFKA_TLS_CERT_FILE: give both of one pair.';
  } catch {
    return 'KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE are no certificate and its key: give both in PEM, the key without a passphrase.';
  }
}
