import type { Right, Role } from './roles.ts';

/** How Kafka's tool is called, up to what it is to do: the address and the rights of an administrator are not ours. */
export const ACL_TOOL =
  'kafka-acls --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" --command-config admin.properties';

/** A comment and a line per right, for a shell. `user` is the name that the brokers know the role by. */
export function aclLines({ runs, rights }: Role, user: string): readonly string[] {
  return [
    `# ${user}: ${runs}`,
    ...rights.map((right) => `${ACL_TOOL} ${argumentsOf(right, user).join(' ')}`),
  ];
}

/** Names hold nothing that a shell would read: the command looks at them before. */
function argumentsOf({ operations, resource, names, prefixed }: Right, user: string): string[] {
  return [
    '--add',
    '--allow-principal',
    `'User:${user}'`,
    ...operations.flatMap((operation) => ['--operation', operation]),
    ...names.flatMap((name) => [`--${resource}`, name]),
    ...(prefixed === true ? ['--resource-pattern-type', 'prefixed'] : []),
  ];
}
