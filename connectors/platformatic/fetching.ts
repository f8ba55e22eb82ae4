import type { Clock } from '../../topology/ports/clock.ts';
import type { Purpose } from '../kafka-client/cluster.ts';
import { Fetching as FetchingBy } from '../kafka-client/fetching.ts';
import type { Cluster } from './cluster.ts';
import { fetchFrom } from './fetch-request.ts';

/** Reads partitions on, over connections of @platformatic/kafka. */
export class Fetching extends FetchingBy {
  constructor(cluster: Cluster, clock: Clock, purpose: Purpose) {
    super(cluster, clock, (node, positions, limits) => fetchFrom(cluster, node, purpose, positions, limits));
  }
}
