import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'local/test/**/*.test.ts'],
    environment: 'node',
    // The package that is tested is that of the sources alone, whatever policy is kept beside them.
    env: { POLICY_FILE: '' },
    setupFiles: ['test/setup/loopback-only.ts'],
    // Processes, not threads: some tests start servers, workers and child processes of their own.
    pool: 'forks',
    maxWorkers: 2,
    // Milliseconds. Nothing waits for the wall clock; the longest tests package the stack or play the story.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A test that hangs on to a socket must not hang on to the run.
    teardownTimeout: 5_000,
    expect: { requireAssertions: true },
  },
});
