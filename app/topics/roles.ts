import { TOPIC } from '../../schemas/topics.ts';

/** What a role may do with what. To read or to write something includes to know of it (Describe). */
export interface Right {
  readonly operations: readonly ('Read' | 'Write' | 'Create' | 'Describe' | 'DescribeConfigs')[];
  readonly resource: 'topic' | 'group' | 'transactional-id';
  readonly names: readonly string[];
  /** The names are beginnings of names. */
  readonly prefixed?: true;
}

export interface Role {
  readonly name: string;
  /** What runs as this user. */
  readonly runs: string;
  readonly rights: readonly Right[];
}

const INPUTS = [TOPIC.vitals, TOPIC.labs, TOPIC.encounters, TOPIC.medicationRequests];

/**
 * Who needs what, and no more: nobody anything on the cluster itself, nobody all topics. `application` names the consumer group of the
 * topology, and begins the names of the other groups and of the transactional ids.
 */
export function roles(application: string): readonly Role[] {
  const read = (...names: string[]): Right => ({ operations: ['Read'], resource: 'topic', names });
  const write = (...names: string[]): Right => ({ operations: ['Write'], resource: 'topic', names });
  const group = (name: string): Right => ({ operations: ['Read'], resource: 'group', names: [name] });
  /** One per slot. */
  const transactions = (name: string): Right => ({
    operations: ['Write'],
    resource: 'transactional-id',
    names: [`${name}-`],
    prefixed: true,
  });
  const sink = (name: string, ...own: string[]): Role => ({
    name,
    runs: name,
    rights: [
      read(TOPIC.alerts, ...own),
      write(TOPIC.audit, TOPIC.deadLetters, ...own),
      group(`${application}-${name}`),
      transactions(`${application}-${name}`),
    ],
  });
  const ehr = sink('ehr');
  return [
    {
      name: 'topology',
      runs: 'run',
      rights: [
        // The alerts too: a rebuild begins with those that are open.
        read(...INPUTS, TOPIC.clinicalEvents, TOPIC.alerts),
        write(TOPIC.clinicalEvents, TOPIC.alerts, TOPIC.audit, TOPIC.deadLetters),
        group(application),
        transactions(application),
      ],
    },
    sink('pagerduty', TOPIC.pages, TOPIC.pageResponses),
    {
      ...ehr,
      // What was paged is read by a group of its own.
      rights: [...ehr.rights, read(TOPIC.audit), group(`${application}-ehr-pages`)],
    },
    {
      name: 'publisher',
      runs: 'publish, and the feeds of the hospital',
      rights: [write(...INPUTS, TOPIC.deadLetters)],
    },
    {
      name: 'auditor',
      runs: 'what reads decisions, dead letters and the records they came from, and writes nothing',
      rights: [
        read(...INPUTS, TOPIC.alerts, TOPIC.audit, TOPIC.deadLetters),
        { ...group(`${application}-auditor`), prefixed: true },
      ],
    },
    {
      name: 'subscriber',
      runs: 'alerts, and what downstream teams read the alerts with',
      rights: [read(TOPIC.alerts), { ...group(`${application}-subscriber`), prefixed: true }],
    },
    {
      name: 'topics',
      runs: 'topics create and topics check',
      rights: [
        {
          operations: ['Create', 'Describe', 'DescribeConfigs'],
          resource: 'topic',
          names: Object.values(TOPIC),
        },
      ],
    },
  ];
}
