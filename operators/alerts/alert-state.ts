import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import type { Codec } from '../../topology/model/codec.ts';
import { json } from '../json.ts';
import { memoised } from '../memoised.ts';

/** One alert that may still change, with the last snapshot that was written of it. */
export interface HeldAlert {
  /** Order of opening within the patient: of two that merge, the lower lives. */
  readonly opened: number;
  readonly alert: SepsisAlert;
  /** Its episode is settled and no longer listed, but its end has not come: it only waits to be resolved. */
  readonly settled?: true;
  /** It comes from what was written of it: the window need not know all of its evidence, nor any. */
  readonly recalled?: true;
}

/** The alerts of one patient whose episodes are not settled. */
export interface AlertState {
  readonly opened: number;
  /** Latest tick that ended an episode, epoch ms; null: none. */
  readonly tick: number | null;
  readonly held: readonly HeldAlert[];
}

/** JSON: only patients with an episode inside the horizon have such a state. */
export const alertState: Codec<AlertState> = {
  name: 'alert-episodes v1',
  ...memoised(json<AlertState>()),
};
