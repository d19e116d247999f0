import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The tests of the parts that decide, which need no package and no process of their own. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/{plan,policy,records,observe,execute,reconcile,sweep}/**/*.test.ts'],
    // It packages the stack.
    exclude: ['test/sweep/under-way.test.ts'],
    env: { POLICY_FILE: '' },
    isolate: false,
    unstubEnvs: true,
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
