/** Where one node of a cluster listens, all on 127.0.0.1. */
export interface NodePorts {
  readonly plain: number;
  readonly controller: number;
}

/** The listeners of a node beside the plain one, and the settings that they need. */
export interface MoreListeners {
  /** Name of the listener (`SASL_SSL`), its security protocol, its port, and the host name that clients are told. */
  readonly listeners: readonly {
    readonly name: string;
    readonly protocol: string;
    readonly port: number;
    readonly host: string;
  }[];
  readonly settings: Readonly<Record<string, string>>;
}

/** The properties of node `id` (from 1) of a KRaft cluster whose nodes are all brokers and controllers, in file form. */
export function nodeProperties(
  id: number,
  nodes: readonly NodePorts[],
  folder: string,
  more: MoreListeners = { listeners: [], settings: {} },
): string {
  const own = nodes[id - 1];
  if (own === undefined) throw new RangeError(`no node ${id} among ${nodes.length}`);
  const advertised = [
    `PLAINTEXT://127.0.0.1:${own.plain}`,
    ...more.listeners.map(({ name, host, port }) => `${name}://${host}:${port}`),
  ];
  const listeners = [
    `PLAINTEXT://127.0.0.1:${own.plain}`,
    `CONTROLLER://127.0.0.1:${own.controller}`,
    ...more.listeners.map(({ name, port }) => `${name}://127.0.0.1:${port}`),
  ];
  const protocols = [
    'PLAINTEXT:PLAINTEXT',
    'CONTROLLER:PLAINTEXT',
    ...more.listeners.map(({ name, protocol }) => `${name}:${protocol}`),
  ];
  const settings: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': nodes.map((node, i) => `${i + 1}@127.0.0.1:${node.controller}`).join(','),
    listeners: listeners.join(','),
    'advertised.listeners': advertised.join(','),
    'listener.security.protocol.map': protocols.join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': folder,
    'num.partitions': 6,
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.segment.bytes': 67_108_864,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    ...replication(nodes.length),
    ...more.settings,
  };
  return `${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}

/** One node keeps everything once; three keep it three times and go on with two. */
function replication(nodes: number): Readonly<Record<string, number | boolean>> {
  const factor = Math.min(nodes, 3);
  const inSync = factor === 3 ? 2 : 1;
  return {
    'offsets.topic.replication.factor': factor,
    'offsets.topic.num.partitions': 5,
    'transaction.state.log.replication.factor': factor,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': 5,
    'share.coordinator.state.topic.replication.factor': factor,
    'share.coordinator.state.topic.min.isr': inSync,
    'min.insync.replicas': inSync,
    'default.replication.factor': factor,
    'unclean.leader.election.enable': false,
    // A killed broker is let in again once its session has run out, 9 s by default; alone it can lose nobody by being quick.
    'broker.session.timeout.ms': nodes === 1 ? 4000 : 6000,
    'broker.heartbeat.interval.ms': nodes === 1 ? 500 : 1000,
    // A broker that hangs is waited for by the others for so long, 30 s by default; meanwhile transactions stay open that it had a part in.
    'request.timeout.ms': nodes === 1 ? 30_000 : 6000,
  };
}
