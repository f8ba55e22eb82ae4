import { type Store, store } from '../topology/model/store.ts';
import { type AlertState, alertState } from './alerts/alert-state.ts';
import { LAYOUT, patientBytes } from './patient-window/block.ts';

/** Every store of the topology. */
export const stores: { readonly patients: Store<Uint8Array>; readonly episodes: Store<AlertState> } =
  Object.freeze({
    patients: store('patients', patientBytes, LAYOUT),
    episodes: store('episodes', alertState, 1),
  });
