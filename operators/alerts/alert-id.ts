import { createHash } from 'node:crypto';
import type { PatientScreen, ScreenedEpisode } from '../patient-window/screen.ts';

/**
 * The id of a new alert: SHA-256 in hexadecimal of the rule, the patient, and ids and versions of the evidence
 * present when the episode opened. It is kept in the state and never computed again. `taken` are the ids of the
 * patient's other alerts: a part split off from one of them can rest on the very evidence that opened it.
 */
export function alertIdOf(
  screen: PatientScreen,
  { criteria, episode }: ScreenedEpisode,
  taken: ReadonlySet<string>,
): string {
  const evidence = criteria.flatMap((c) => c.evidence.map(({ id, version }) => `${id}/${version}`)).sort();
  const basis = evidence.length > 0 ? evidence : [String(episode.start)];
  for (let copy = 0; ; copy++) {
    const parts = [screen.rule.name, screen.patient, ...basis, ...(copy === 0 ? [] : [String(copy)])];
    const id = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    if (!taken.has(id)) return id;
  }
}
