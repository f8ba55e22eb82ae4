import type { TopicFound } from '../../connectors/platformatic/topic-configs.ts';
import { TOPIC } from '../../schemas/topics.ts';
import type { Drift } from './drift.ts';
import { numberIn, setCommand } from './set-command.ts';

type Found = ReadonlyMap<string, TopicFound>;

/** What topics must be to each other; those that are missing are another's concern. */
export const driftsBetween = (found: Found): Drift[] => [...partitioning(found), ...room(found)];

/** Topics that are keyed alike must be partitioned alike: a rebuild looks for a patient's open alert in the partition of the same number. */
export function partitioning(found: Found): Drift[] {
  return [
    ...alike(found, TOPIC.alerts, TOPIC.clinicalEvents, "a patient's events and alerts"),
    ...alike(found, TOPIC.pages, TOPIC.alerts, "a patient's alerts and pages"),
  ];
}

function alike(found: Found, topic: string, other: string, what: string): Drift[] {
  const [one, two] = [found.get(topic)?.partitions, found.get(other)?.partitions];
  if (one === undefined || two === undefined || one === two) return [];
  return [
    {
      topic,
      breaks: true,
      what: `${one} partitions, but ${other} has ${two}: ${what} must be in partitions of the same number`,
      mend: 'stop every instance; add partitions to the one that is still empty (kafka-topics --alter --partitions), else make it anew: records stay in the partition they are in',
    },
  ];
}

/** Bytes that the headers of a dead letter may add to the original record. */
const HEADERS = 64 * 1024;
const INPUTS = [TOPIC.vitals, TOPIC.labs, TOPIC.encounters, TOPIC.medicationRequests];

/** Whatever comes in must fit among the dead letters: what cannot be put there stops its partition. */
function room(found: Found): Drift[] {
  const dead = found.get(TOPIC.deadLetters);
  if (dead === undefined) return [];
  const setting = 'max.message.bytes';
  const inputs = INPUTS.flatMap((name) => {
    const input = found.get(name);
    return input === undefined ? [] : [numberIn(input.settings, setting)];
  });
  const largest = Math.max(0, ...inputs);
  const room = numberIn(dead.settings, setting);
  if (room >= largest + HEADERS) return [];
  return [
    {
      topic: TOPIC.deadLetters,
      breaks: true,
      what: `${setting} is ${room}, but an input takes ${largest}: such a record and its headers do not fit, and its partition stops`,
      mend: setCommand(TOPIC.deadLetters, setting, largest + HEADERS),
    },
  ];
}
