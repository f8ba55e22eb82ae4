import { once } from 'node:events';
import { systemClock } from '../../connectors/memory/clocks.ts';
import { dryRun } from '../../connectors/pagerduty/dry-run.ts';
import { Routing } from '../../connectors/pagerduty/routing.ts';
import { schemaRegistry } from '../../connectors/schema-registry/schema-registry.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { TOPIC, topicsOf } from '../../schemas/topics.ts';
import { StreamsError } from '../../topology/model/errors.ts';
import type { CommandIo } from '../commands/command.ts';
import { driverOf } from '../run/driver-of.ts';
import type { PagingSettings } from './pagerduty-settings.ts';

/** Prints what would have been sent, a line of JSON each, and at the end how much of what. Resolves to the exit code. */
export async function printDryRun(settings: PagingSettings, io: CommandIo): Promise<number> {
  const { kafka, registry, options, pagerDuty } = settings;
  const driver = await driverOf(settings.driver, kafka, systemClock);
  const routing = new Routing(pagerDuty.routing);
  const counts = new Map<string, number>();
  try {
    const { alerts } = topicsOf(await bindCodecs(schemaRegistry({ ...registry, clock: systemClock })));
    const partitions = (await driver.admin().partitions([alerts.name])).get(alerts.name);
    if (partitions === undefined) throw new StreamsError('topics-unfit', `${TOPIC.alerts} is missing.`);
    const lines = dryRun(
      {
        driver,
        clock: systemClock,
        topic: alerts,
        from: options.from,
        policy: pagerDuty.policy,
        // What is printed may be read by anybody.
        content: { ...pagerDuty.content, details: 'minimal' },
        aliasOf: (alert) => routing.aliasOf(alert.encounterDetail?.location ?? null),
      },
      partitions,
    );
    for await (const line of lines) {
      const what =
        'event' in line ? line.event.event_action : 'suppressed' in line ? line.suppressed : 'unreadable';
      counts.set(what, (counts.get(what) ?? 0) + 1);
      if (!io.stdout.write(`${JSON.stringify(line)}\n`)) await once(io.stdout, 'drain');
    }
    const summary = [...counts].map(([what, count]) => `${count} ${what}`).join(', ');
    io.stderr.write(`${summary === '' ? 'nothing to send' : summary}\n`);
    return 0;
  } finally {
    await driver.close();
  }
}
