import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { SkippedReporter } from './test/reporter/skipped.ts';
import { LongestFirst } from './test/sequence/longest-first.ts';

/**
 * Rooms whose tests leave nothing behind in their process: their files are run one after another in the same few, and what they import
 * is read once in each. That saves a third of what they cost.
 */
const SHARING: readonly string[] = [
  'test/architecture',
  'test/app/{configuration,console,health,http,metrics,sinks,ward}',
  'test/bench',
  'test/connectors/{fhir-producer,fhir-source,files,http,kafka-client,memory,pagerduty,sink}',
  'test/operators',
  'test/schemas',
  'test/sequence',
  'test/topology/{dsl,runtime,scenarios,testing}',
].map((room) => `${room}/**/*.test.ts`);

const config: ViteUserConfig = defineConfig({
  test: {
    environment: 'node',
    globalSetup: ['test/servers/run-folder.ts'],
    // Limits for what hangs, and none for what is slow: a busy machine takes many times as long as an idle one.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    expect: { poll: { timeout: 600_000 } },
    // For two processors: with four they are busy all the time, and the whole run took twice the CPU time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'sharing', include: [...SHARING], isolate: false } },
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: [...SHARING] } },
    ],
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }], new SkippedReporter()],
  },
});

export default config;
