import type { Answer } from '../../connectors/pagerduty/answer.ts';
import { harmlessEvent } from '../../connectors/pagerduty/event.ts';
import type { RoutingTable } from '../../connectors/pagerduty/routing.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import type { SinkTelling } from '../sinks/sink-telling.ts';

interface CheckSettings {
  readonly url: string;
  readonly routing: () => RoutingTable;
  readonly send: (body: string, signal: AbortSignal) => Promise<Answer>;
}

/**
 * Asks PagerDuty with each routing key to take back what was never sent: nobody is told of that, and a key that is none is refused.
 * That nobody answers may pass, and so does one unit's wrong key hold up no other: both are told.
 * @throws StreamsError `pagerduty-tls-untrusted`; `pagerduty-unavailable` when there is no such host; `pagerduty-key-refused` when
 * every key is refused.
 */
export async function checkPagerDuty(
  { url, routing, send }: CheckSettings,
  telling: Pick<SinkTelling, 'retrying' | 'say'>,
  signal: AbortSignal,
): Promise<void> {
  const units = Map.groupBy(routing(), ([, key]) => key);
  const answers = await Promise.all(
    [...units].map(async ([key, of]) => {
      const answer = await send(JSON.stringify({ routing_key: key, ...harmlessEvent }), signal);
      return { unit: of.map(([unit]) => unit).join(', '), answer };
    }),
  );
  if (signal.aborted) return;
  const refused = answers.flatMap(({ unit, answer }) =>
    answer.kind === 'key-refused' ? [{ unit, status: answer.status }] : [],
  );
  for (const { answer } of answers) {
    if (answer.kind === 'untrusted')
      throw new StreamsError(
        'pagerduty-tls-untrusted',
        `The certificate of who answers at ${url} is not trusted (${answer.why}).`,
      );
    if (answer.kind === 'unavailable' && answer.why === 'ENOTFOUND')
      throw new StreamsError(
        'pagerduty-unavailable',
        `There is no host of PAGERDUTY_URL, ${url} (ENOTFOUND).`,
      );
  }
  const [first] = refused;
  if (first !== undefined && refused.length === answers.length)
    throw new StreamsError(
      'pagerduty-key-refused',
      `Who answers at ${url} refuses every routing key (${first.status}).`,
    );
  for (const { unit, status } of refused) telling.say('routing-key-refused', { unit, status });
  const [away] = answers.flatMap(({ answer }) => (answer.kind === 'unavailable' ? [answer.why] : []));
  if (away !== undefined) telling.retrying('pagerduty-unavailable', away);
}
