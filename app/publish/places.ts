import type { Refused } from '../../connectors/fhir-producer/dead-letter.ts';
import type { Placed } from '../../connectors/fhir-producer/sending.ts';
import type { FeedRecord } from '../../connectors/files/feed-record.ts';
import type { FeedStatistics, FileProgress } from '../../connectors/files/feed-statistics.ts';
import { inputName } from '../../connectors/files/input-error.ts';
import { StreamsError } from '../../topology/model/errors.ts';

/** A record of a file, as it is offered. */
interface PlacedRecord extends Placed {
  readonly file: string;
}

/** Lines that are named at most; a file of something else has millions of them. */
const MOST_NAMED = 1_000;

/** Knows where the records of an input stand, and names those that are refused: file and line, never contents. */
export class Places {
  readonly refused: (one: PlacedRecord, why: Refused) => void;
  readonly #statistics: FeedStatistics;
  #named = 0;

  /** @param becomes whether it is, or would be, a dead letter */
  constructor(statistics: FeedStatistics, becomes: 'is' | 'would be', say: (line: string) => void) {
    this.#statistics = statistics;
    this.refused = ({ file }, { reason, detail, place = 0 }) => {
      this.#named++;
      if (this.#named === MOST_NAMED + 1)
        say('More lines are no FHIR; they are counted, and not named any more.');
      if (this.#named > MOST_NAMED) return;
      const where =
        this.#progressOf(file)?.entries === true ? `entry ${place} of the Bundle` : `line ${place}`;
      say(`${inputName(file)}, ${where}: ${becomes} a dead letter, ${reason}: ${detail}.`);
    };
  }

  /** The records as they are offered. */
  placed(records: readonly FeedRecord[]): PlacedRecord[] {
    return records.map(({ file, topic, offset, line = offset, key, value, arrival }) => ({
      file,
      topic,
      key,
      value,
      arrival,
      place: line + 1,
    }));
  }

  /** Asked when the first lines of each file are read. @throws StreamsError `input-without-fhir` when one of them holds none. */
  assertFhir(): void {
    const without = this.#statistics.files.find(({ fhir }) => !fhir);
    if (without === undefined) return;
    const name = without.file === '-' ? 'Standard input' : without.file;
    const what = without.bytesRead === 0 ? 'is empty' : 'holds no FHIR in its first lines';
    throw new StreamsError('input-without-fhir', `${name} ${what}.`);
  }

  #progressOf(file: string): FileProgress | undefined {
    return this.#statistics.files.find((one) => one.file === file);
  }
}
