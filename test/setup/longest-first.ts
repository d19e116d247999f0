import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders and files whose tests take longest, longest first: one that starts last keeps a worker when all others end. */
const LONGEST = [
  'test/scenarios/coming.',
  'test/scenarios/staying.',
  'test/scenarios/going.',
  'test/organization/broken-accounts.',
  'test/demo/organization.',
  'local/test/every-operation.',
  'test/cli/plan.',
  'test/organization/',
  'test/api/',
  'test/scenarios/',
  'test/scripts/first-deployment.',
  'test/cli/',
  'test/demo/',
];

function rank({ moduleId }: TestSpecification): number {
  const index = LONGEST.findIndex((part) => moduleId.includes(part));
  return index < 0 ? LONGEST.length : index;
}

/** Starts the longest files first. The default order needs the durations of an earlier run, which a fresh clone lacks. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}
