import { admin } from './admin.ts';
import { atLeastOnce } from './at-least-once.ts';
import { crashes } from './crashes.ts';
import { fencing } from './fencing.ts';
import { group } from './group.ts';
import { isolation } from './isolation.ts';
import type { Law } from './law.ts';
import { log } from './log.ts';
import { ownRecords } from './own-records.ts';
import { partitioner } from './partitioner.ts';
import { positions } from './positions.ts';
import { transactions } from './transactions.ts';

/** Every law of the Kafka driver port, by what it is about. */
export const LAWS: Readonly<Record<string, readonly Law[]>> = {
  isolation,
  transactions,
  crashes,
  fencing,
  group,
  positions,
  'own records': ownRecords,
  log,
  partitioner,
  'at least once': atLeastOnce,
  admin,
};
