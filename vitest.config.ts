import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { SkippedReporter } from './test/reporter/skipped.ts';

const config: ViteUserConfig = defineConfig({
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/servers/run-folder.ts'],
    // A limit for what hangs, not for what is slow on a busy machine.
    testTimeout: 180_000,
    maxWorkers: 3,
    // Hooks start real brokers, which takes longer than any single test.
    hookTimeout: 180_000,
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }], new SkippedReporter()],
  },
});

export default config;
