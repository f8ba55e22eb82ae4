import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { type Duration, milliseconds, seconds } from '../../topology/model/time.ts';
import type { Clock } from '../../topology/ports/clock.ts';
import type { Lane } from '../sink/sink.ts';
import type { AlertRecord, Decided } from './decided.ts';
import type { Waiting } from './gate.ts';
import type { Sending } from './patient-pages.ts';

const LOOK: Duration = milliseconds(20);
const LONGEST: Duration = seconds(30);

/** A patient's turn: what is carried out together of what waits of him. */
export class Turn {
  /** What was about to be sent before a crash: that goes first, and alone. */
  readonly sending: Sending | undefined;
  readonly #lane: Lane<SepsisAlert>;

  constructor(lane: Lane<SepsisAlert>, sending: Sending | undefined) {
    this.#lane = lane;
    const [first] = lane.waiting;
    // Its records may be gone, when somebody moved the group on.
    this.sending =
      first !== undefined && sending !== undefined && first.offset <= sending.upTo ? sending : undefined;
  }

  get key(): string {
    return this.#lane.key;
  }

  /** What is to be carried out, oldest first; more may come until it is taken. */
  get records(): readonly AlertRecord[] {
    const { waiting } = this.#lane;
    const { upTo } = this.sending ?? { upTo: Number.POSITIVE_INFINITY };
    return waiting.filter(({ offset }) => offset <= upTo);
  }

  /** Somebody may have to be paged of this patient as soon as this is over. */
  get pressed(): boolean {
    return this.#lane.waiting.some(
      ({ value }) => value.status !== 'RESOLVED' && value.status !== 'RETRACTED',
    );
  }

  /**
   * Resolves when all that was about to be sent before a crash was decided from is here: less of it could lead to something
   * else. It comes soon, unless somebody made the topic anew. Resolves too when `signal` aborts.
   */
  async complete(clock: Clock, signal: AbortSignal): Promise<void> {
    const { upTo } = this.sending ?? { upTo: -1 };
    const until = clock.now() + LONGEST;
    const isHere = (): boolean => this.#lane.waiting.some(({ offset }) => offset >= upTo);
    while (!isHere() && !signal.aborted && clock.now() < until) await clock.sleep(LOOK, signal);
  }

  take(): void {
    this.#lane.take(this.records.length);
  }

  /** How it waits for a call: urgent while it holds a page for somebody. `look` says what would be done now. */
  waiting(look: () => Decided): Waiting {
    let of = -1;
    let urgent = false;
    return {
      since: this.#lane.waiting[0]?.timestamp ?? 0,
      urgent: () => {
        // Asked again only when there is more to ask about.
        const { length } = this.#lane.waiting;
        if (length !== of) urgent = look().actions.some(({ kind }) => kind === 'trigger');
        of = length;
        return urgent;
      },
    };
  }
}
