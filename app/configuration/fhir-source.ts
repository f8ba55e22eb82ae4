import type { FhirOptions } from '../../connectors/ehr/options.ts';
import { FHIR_VARIABLES, fhirSettings } from './fhir.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const FOR_WRITING = /^ {2}(?:FHIR_ALERT_BASES|EHR_\w+)/;

/** The variables of a FHIR server that is read, a line each, for help. */
export const FHIR_LOGIN_VARIABLES: string = FHIR_VARIABLES.replace('to write to, such', 'to read, such')
  .replace('to read and to write each of EHR_RESOURCES', 'to read each type')
  .split('\n')
  .filter((line) => !FOR_WRITING.test(line) && !line.startsWith(' '.repeat(20)))
  .join('\n');

/**
 * How the FHIR server that is read is reached: the variables of the one that is written to, without what concerns writing.
 * What is wrong is added to `faults`.
 */
export function fhirSource(environment: Environment, faults: string[]): FhirOptions {
  const { base, ca, authorization, connectTimeout, totalTimeout } = fhirSettings(
    Object.fromEntries(
      Object.entries(environment).filter(([name]) => name.startsWith('FHIR_') && name !== 'FHIR_ALERT_BASES'),
    ),
    faults,
  );
  // A page is asked for when the one before is published.
  return { base, ca, authorization, connectTimeout, totalTimeout, concurrency: 1 };
}
