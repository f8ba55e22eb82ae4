import { isStreamsError } from '../../../topology/model/errors.ts';

const PAUSE_MS = 100;
/** Generous: it is paid only where something never comes. */
const PATIENCE_MS = 600_000;

/**
 * Looks until it is so. Brokers may be away meanwhile.
 * @throws Error when it never comes to it, with what is known then
 */
export async function until(
  what: string,
  look: () => Promise<boolean> | boolean,
  known: () => string = () => '',
): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      if (await look()) return;
    } catch (error) {
      if (!isStreamsError(error) || !error.retry) throw error;
    }
    if (Date.now() > end) throw new Error(`This never came: ${what}.${known()}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
