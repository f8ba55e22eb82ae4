#!/usr/bin/env node
// The only import stands behind the check: an old Node must be able to read this file, so that it can say that it is old.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 24 || (major === 24 && minor < 6)) {
  process.stderr.write(
    `sepsis-streams: Node ${process.versions.node} is too old. Use Node 24.6 or newer; \`npm ci\` in a checkout brings one.\n`,
  );
  process.exitCode = 2;
} else {
  const { enableCompileCache } = await import('node:module');
  // Half of the time of a start is compiling what was compiled before. NODE_COMPILE_CACHE says where it is kept.
  enableCompileCache();
  const { runProcess } = await import('./commands/process-io.ts');
  await runProcess();
}

export {};
