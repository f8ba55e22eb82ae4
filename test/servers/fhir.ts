import { type FhirServer, startFhir } from '../../docker/stack/fhir/fhir-server.ts';
import { ownFolder, progress, shared } from './shared.ts';

/** A FHIR server that other tests use too: take fresh patients, and delete nothing that is not the test's own. */
export type SharedFhir = Pick<FhirServer, 'url' | 'user'>;

/**
 * A real FHIR R4 server that validates and is warm: shared by the test files of the run, or with `own` the caller's to stop,
 * kill, pause and resume. Throws `tool-missing` or `download-failed` where none can be had (see `useServer`).
 */
export function fhirServer(variant: { readonly secure?: boolean; readonly own: true }): Promise<FhirServer>;
export function fhirServer(variant?: { readonly secure?: boolean }): Promise<SharedFhir>;
export async function fhirServer(
  variant: { readonly secure?: boolean; readonly own?: boolean } = {},
): Promise<FhirServer | SharedFhir> {
  const { secure = false, own = false } = variant;
  const name = `fhir${secure ? '-secure' : ''}`;
  const start = (folder: string): Promise<FhirServer> => startFhir({ folder, secure, quick: true, progress });
  if (own) return start(ownFolder(name));
  return shared(name, async (folder): Promise<SharedFhir> => {
    const { url, user } = await start(folder);
    return { url, user };
  });
}
