/** The line of Kafka's own tool that sets a topic's setting, as an administrator runs it. */
export const setCommand = (topic: string, setting: string, value: string | number): string =>
  `kafka-configs --bootstrap-server "$KAFKA_BOOTSTRAP_SERVERS" --alter --entity-type topics --entity-name ${topic} --add-config ${setting}=${value}`;

/** A setting that the broker did not tell is no number: no comparison with it holds. */
export const numberIn = (settings: ReadonlyMap<string, string>, setting: string): number =>
  Number(settings.get(setting) ?? Number.NaN);
