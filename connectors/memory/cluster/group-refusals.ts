import { StreamsError } from '../../../topology/model/errors.ts';

/** UNKNOWN_MEMBER_ID: it never joined, or the group went on without it. */
export const unknownMember = (groupId: string, memberId: string): StreamsError =>
  new StreamsError('generation-fenced', `"${memberId}" is not a member of ${groupId}.`);

/** ILLEGAL_GENERATION */
export const otherGeneration = (groupId: string, given: number, current: number): StreamsError =>
  new StreamsError('generation-fenced', `Generation ${given} is not generation ${current} of ${groupId}.`);

/** FENCED_INSTANCE_ID */
export const slotTaken = (groupId: string, memberId: string): StreamsError =>
  new StreamsError('instance-fenced', `Another member of ${groupId} has taken the slot of ${memberId}.`);

/** REBALANCE_IN_PROGRESS */
export const rebalancing = (groupId: string): StreamsError =>
  new StreamsError('rebalance-in-progress', `Group ${groupId} is being joined.`);
