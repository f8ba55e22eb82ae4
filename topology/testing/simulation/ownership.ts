import type { Assignment, GroupGeneration, OffsetCommits } from '../../ports/kafka-driver.ts';
import { partitionKey } from '../../ports/kafka-driver.ts';
import { Violation } from './violation.ts';

/** Who was given what: no two members of a generation the same partition, and none commits what it was not given. */
export class Ownership {
  readonly #owners = new Map<string, string>();

  /** @throws Violation */
  assigned({ partitions, generation }: Assignment): void {
    for (const at of partitions) {
      const key = `${generation.generation} ${partitionKey(at)}`;
      const owner = this.#owners.get(key);
      // A static member that came back bears another id, and the one before it is fenced.
      if (owner !== undefined && owner !== nameOf(generation))
        throw new Violation(`${partitionKey(at)} belongs to ${owner} and to ${nameOf(generation)} at once.`);
      this.#owners.set(key, nameOf(generation));
    }
  }

  /** An accepted commit. @throws Violation */
  committed(offsets: OffsetCommits, generation: GroupGeneration): void {
    for (const at of offsets.keys()) {
      const owner = this.#owners.get(`${generation.generation} ${at}`);
      if (owner !== nameOf(generation))
        throw new Violation(`${nameOf(generation)} committed ${at}, which belongs to ${owner ?? 'nobody'}.`);
    }
  }
}

const nameOf = ({ memberId, instanceId }: GroupGeneration): string => instanceId ?? memberId;
