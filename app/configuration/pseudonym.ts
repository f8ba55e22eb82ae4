import { screeningRules } from '../../operators/screening-rules.ts';
import { secretOf } from './secret.ts';

/** The variable, as lines of help. */
export const PSEUDONYM_VARIABLES: string = `  PSEUDONYM_SECRET           key of the pseudonyms in sepsis.audit, or PSEUDONYM_SECRET_FILE: the same for
                             run, pagerduty and ehr. Unless set, who has a patient's id finds him in the
                             audit trail
`;

/**
 * Key of the pseudonyms in the audit trail. It is read once: what was written under another is another pseudonym. What is wrong is
 * added to `faults`.
 */
export function pseudonymSecretIn(
  environment: Readonly<Record<string, string | undefined>>,
  faults: string[],
): string {
  const before = faults.length;
  const secret = secretOf(environment, 'PSEUDONYM_SECRET', faults);
  const usual = screeningRules().pseudonymSecret;
  return secret === undefined || faults.length > before ? usual : secret();
}
