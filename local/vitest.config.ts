import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'embedded cloud',
    include: ['test/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['loopback-only', 'fixed-seed'].map((name) =>
      fileURLToPath(new URL(`test/setup/${name}.ts`, import.meta.url)),
    ),
    // Processes, not threads: some tests start servers, workers and child processes of their own.
    pool: 'forks',
    maxWorkers: 2,
    // Modules hold no state, so files share a worker and load the SDK once: a third less CPU.
    isolate: false,
    // Node runs the sources as they are, and nothing is mocked: Vite's runner would look up each use of an import.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    unstubEnvs: true,
    restoreMocks: true,
    // Milliseconds. Nothing waits for the wall clock; the longest tests package the stack or play the story.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { requireAssertions: true },
  },
});
