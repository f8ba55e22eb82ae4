/** What is wrong with names that become names in Kafka. */
export const faultsOfNames = ({
  application,
  slot,
}: {
  readonly application: string;
  readonly slot: string;
}): string[] =>
  [['--application', application] as const, ['--slot', slot] as const].flatMap(([option, name]) =>
    /^[\w.-]{1,100}$/.test(name)
      ? []
      : [`${option} is ${name}: use letters, digits, dot, dash and underscore.`],
  );
