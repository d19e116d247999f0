import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those without an observation first, and those that try many worlds last: the first failure ends a run. */
const ORDER = [/\/test\/(plan|policy|records)\//, /./];
const TRIES_MANY = /\.property\.test\.ts$/;

class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) =>
      ORDER.findIndex((pattern) => pattern.test(moduleId)) + (TRIES_MANY.test(moduleId) ? ORDER.length : 0);
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}

const { MUTATION_TESTS = 'plan,policy,records,observe,execute,reconcile,sweep' } = process.env;
const folders = MUTATION_TESTS.split(',');

/** The tests of the parts that decide, which need no package and no process of their own. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
    // It packages the stack.
    exclude: ['test/sweep/under-way.test.ts'],
    sequence: { sequencer: QuickestFirst },
    // A count can be repeated.
    setupFiles: [fileURLToPath(new URL('../local/test/setup/fixed-seed.ts', import.meta.url))],
    env: { POLICY_FILE: '' },
    isolate: false,
    unstubEnvs: true,
    restoreMocks: true,
    // Longer than any test needs on a busy machine: what hangs is ended by the tool.
    testTimeout: 120_000,
  },
});
