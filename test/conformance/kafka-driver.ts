import { describe, test } from 'vitest';
import { type Law, whyNot } from './kafka-driver/law.ts';
import { LAWS } from './kafka-driver/laws.ts';
import type { KafkaUnderTest } from './kafka-driver/under-test.ts';

/**
 * Every law of the Kafka driver port. `open` is called for each of them: what is costly to start is shared by the
 * implementation. A law that needs what is not there is skipped, and the report names it with the reason. `about` chooses
 * among the laws where only some of them can come out differently from a run that checks all.
 */
export function kafkaDriverConformance(
  name: string,
  open: () => Promise<KafkaUnderTest>,
  about: (law: Law) => boolean = () => true,
): void {
  const chosen = Object.entries(LAWS)
    .map(([what, laws]) => [what, laws.filter(about)] as const)
    .filter(([, laws]) => laws.length > 0);
  describe.each(chosen)(`${name} as a Kafka driver: %s`, (_, laws) => {
    for (const law of laws) {
      test(law.rule, async (context) => {
        const under = await open();
        try {
          const reason = whyNot(law, under);
          context.skip(reason !== undefined, reason);
          await law.check(under);
        } finally {
          await under.close();
        }
      });
    }
  });
}
