import { afterEach } from 'vitest';
import type { Topics } from '../../../schemas/topics.ts';
import { useServer } from '../../servers/use-server.ts';
import { StormRig } from './storm-rig.ts';

/** Gives the tests of a file a rig each, which is ended behind it; they are skipped where its server cannot run. */
export function useStorm(topics: Topics): (keys?: readonly string[]) => Promise<StormRig> {
  let rig: StormRig | undefined;
  const possible = useServer(async () => {
    await (await StormRig.start(topics)).stop();
    return {};
  });
  afterEach(async () => {
    for (const { worker } of rig?.members ?? []) void worker.stop();
    await rig?.stop();
    rig = undefined;
  });
  return async (keys) => {
    possible();
    rig = await StormRig.start(topics, keys);
    return rig;
  };
}
