import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { SkippedReporter } from './test/reporter/skipped.ts';
import { LongestFirst } from './test/sequence/longest-first.ts';

const config: ViteUserConfig = defineConfig({
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/servers/run-folder.ts'],
    // Limits for what hangs, and none for what is slow: a busy machine takes many times as long as an idle one.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    expect: { poll: { timeout: 600_000 } },
    // Two for each processor of a small machine: half of the files wait most of the time for a server.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }], new SkippedReporter()],
  },
});

export default config;
