import type { Shaping } from '../../connectors/fhir-producer/shape.ts';
import { patients } from '../../connectors/files/patients.ts';
import { subjectResolver } from '../../schemas/fhir/patient-reference.ts';
import type { PublishOptions } from './publish-options.ts';

/** What is made of a resource, as the command line says. @throws StreamsError `input-unreadable` of the file of patients. */
export async function shapingOf(options: PublishOptions): Promise<Shaping> {
  const { format, source, base, patients: file } = options;
  const identifiers = file === undefined ? new Map<string, string>() : await patients(file);
  return {
    format,
    source,
    believesIssued: options.from === 'files' && !options.files.live,
    subjectOf: subjectResolver(base === undefined ? {} : { base }, identifiers),
  };
}
