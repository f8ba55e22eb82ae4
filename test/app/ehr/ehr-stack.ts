import type { SinkRecord } from '../../../connectors/sink/sink.ts';
import type { SepsisAlert } from '../../../schemas/generated/sepsis-alert.ts';
import { fhirServer } from '../../servers/fhir.ts';
import { useServer } from '../../servers/use-server.ts';
import type { RunProcess } from '../run/run-process.ts';
import { SinkStack } from '../sinks/sink-stack.ts';

/** Kafka, a Schema Registry and a FHIR server, for the tests of one file. */
export class EhrStack extends SinkStack {
  readonly #fhir = useServer(() => fhirServer());

  constructor() {
    super('ehr');
  }

  get fhir(): string {
    return this.#fhir().url;
  }

  /** The sink under a slot, writing to a server. */
  ehr(base: string, environment: Readonly<Record<string, string>> = {}): RunProcess {
    return this.begin(['ehr', '--slot', 'a'], {
      FHIR_BASE_URL: base,
      FHIR_ALERT_BASES: this.fhir,
      EHR_RESOURCES: 'Observation,RiskAssessment,Flag,Provenance',
      ...environment,
    });
  }

  sendRecords(...records: readonly SinkRecord<SepsisAlert>[]): Promise<void> {
    return this.send(...records.map(({ value }) => value));
  }
}
