import { answerTo } from './case.ts';
import type { Committer, Joined, Pending, World } from './world.ts';

export const GROUP = 'g';
/** Nobody is taken for dead. */
export const LONG = 600_000;
export const at = (offset: number): { partition: number; offset: number } => ({ partition: 0, offset });

export interface Come {
  readonly instanceId?: string;
  readonly session?: number;
  readonly rebalance?: number;
  /** Under the id that it had. */
  readonly as?: Committer;
}

/** Asks to be let in. */
export const come = (
  world: World,
  { instanceId, session = LONG, rebalance = LONG, as }: Come = {},
): Pending<Joined> =>
  world.join(GROUP, {
    memberId: as?.memberId ?? null,
    ...(instanceId === undefined ? {} : { instanceId }),
    sessionTimeoutMs: session,
    rebalanceTimeoutMs: rebalance,
  });

/** Joins when nobody has to be waited for. */
export async function joined(world: World, how: Come = {}): Promise<Committer> {
  return member(await answerTo(come(world, how)), how);
}

export const member = ({ generation, memberId }: Joined, { instanceId }: Come = {}): Committer =>
  instanceId === undefined ? { generation, memberId } : { generation, memberId, instanceId };

/** What each of them is given, when all have asked. */
export const shares = async (world: World, ...members: readonly Committer[]): Promise<number[][]> => {
  const asked = members.map((one) => world.sync(GROUP, one));
  return Promise.all(asked.map(async (one) => [...(await answerTo(one))]));
};

/** Two members in one generation that know what is theirs. The first leads. */
export async function two(
  world: World,
  [one, other]: readonly [Come, Come],
): Promise<[Committer, Committer]> {
  const alone = await joined(world, one);
  await shares(world, alone);
  const second = come(world, other);
  await second.entered;
  const first = come(world, { ...one, as: alone });
  const members = [member(await answerTo(first), one), member(await answerTo(second), other)] as const;
  await shares(world, ...members);
  return [...members];
}

export const generationOf = ({ generation }: Pick<Joined, 'generation'>): number => generation;
