import type { FeedRecord } from '../../connectors/files/feed-record.ts';
import type { Position } from '../../topology/model/record.ts';

/** Where a record of an input stands, as the user knows it. */
export interface Place {
  /** Index among the files in the order given. */
  readonly fileIndex: number;
  readonly file: string;
  readonly topic: string | null;
  readonly partition: number;
}

/**
 * Numbers the places (file, topic, partition) that a replay reads from. A record travels through the topology under its
 * place's number as partition and its own offset, so that an alert or a dead letter can name it much later, and nothing
 * has to be remembered for each record.
 */
export class Sources {
  readonly #fileIndex: ReadonlyMap<string, number>;
  readonly #numbers = new Map<string, Map<string, number>>();
  readonly #places: Place[] = [];

  constructor(files: readonly string[]) {
    // A file given twice keeps its first place.
    this.#fileIndex = new Map(files.map((file, index) => [file, index] as const).toReversed());
  }

  /** `topic/partition/offset` as the header `sepsis-origin` carries it. */
  originText(record: FeedRecord): string {
    return `${record.target}/${this.#numberOf(record)}/${record.offset}`;
  }

  placeOf(origin: Pick<Position, 'partition'>): Place {
    const place = this.#places[origin.partition];
    if (place === undefined) throw new RangeError('an origin that no record was fed with');
    return place;
  }

  /** The position as the recording has it; a resource without a topic of its own is named under the one it went to. */
  original(origin: Position): Position {
    const { topic, partition } = this.placeOf(origin);
    return { topic: topic ?? origin.topic, partition, offset: origin.offset };
  }

  #numberOf({ file, topic, partition }: FeedRecord): number {
    let ofFile = this.#numbers.get(file);
    if (ofFile === undefined) {
      ofFile = new Map();
      this.#numbers.set(file, ofFile);
    }
    const key = topic === null ? `${partition}` : `${partition}/${topic}`;
    let number = ofFile.get(key);
    if (number === undefined) {
      number = this.#places.length;
      ofFile.set(key, number);
      this.#places.push({ fileIndex: this.#fileIndex.get(file) ?? 0, file, topic, partition });
    }
    return number;
  }
}
