import type { Reporter, TestModule } from 'vitest/node';

/**
 * Names, at the end of a run, every test that did not run, grouped by its reason: `context.skip('no Docker here')`.
 * A green run on a machine without a broker must not look like a green run with one.
 */
export class SkippedReporter implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[]): void {
    const byReason = skippedByReason(testModules);
    if (byReason.size === 0) return;
    const lines = ['', ' Skipped'];
    for (const [reason, names] of byReason) {
      lines.push(`   ${reason}`);
      for (const name of names) lines.push(`     - ${name}`);
    }
    process.stdout.write(`${lines.join('\n')}\n\n`);
  }
}

function skippedByReason(testModules: readonly TestModule[]): Map<string, string[]> {
  const byReason = new Map<string, string[]>();
  for (const testModule of testModules) {
    for (const testCase of testModule.children.allTests('skipped')) {
      const result = testCase.result();
      const reason = (result.state === 'skipped' && result.note) || 'no reason given';
      const names = byReason.get(reason) ?? [];
      names.push(`${testModule.relativeModuleId} > ${testCase.fullName}`);
      byReason.set(reason, names);
    }
  }
  return byReason;
}
