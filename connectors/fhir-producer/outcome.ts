import type { OperationOutcome } from 'fhir/r4.js';
import type { Answer } from '../http/route.ts';

type Severity = 'error' | 'warning' | 'information';

export interface Issue {
  readonly severity: Severity;
  /** Of FHIR's value set IssueType. */
  readonly code:
    | 'login'
    | 'structure'
    | 'too-long'
    | 'not-supported'
    | 'not-found'
    | 'transient'
    | 'informational'
    | 'exception';
  /** Words of ours: never contents of what was sent. */
  readonly diagnostics: string;
}

/** An answer that is an OperationOutcome. */
export function outcome(
  status: number,
  issues: readonly Issue[],
  headers?: Readonly<Record<string, string>>,
): Answer {
  const body: OperationOutcome = {
    resourceType: 'OperationOutcome',
    issue: issues.map((issue) => ({ ...issue })),
  };
  return {
    status,
    type: 'application/fhir+json; charset=utf-8',
    body: `${JSON.stringify(body)}\n`,
    ...(headers === undefined ? {} : { headers }),
  };
}
