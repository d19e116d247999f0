import { defineConfig } from 'vitest/config';
import LongestFirst from './test/setup/longest-first.ts';

export default defineConfig({
  test: {
    projects: [
      'local',
      {
        // The limits of the embedded cloud's tests, and its guard that lets nothing leave the loopback range.
        extends: './local/vitest.config.ts',
        root: '.',
        test: {
          name: 'product',
          include: ['test/**/*.test.ts'],
          // The package that is tested is that of the sources alone, whatever policy is kept beside them.
          env: { POLICY_FILE: '' },
        },
      },
    ],
    sequence: { sequencer: LongestFirst },
    // A test that hangs on to a socket must not hang on to the run.
    teardownTimeout: 5_000,
  },
});
