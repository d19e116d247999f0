/** A test that passed. */
export interface NamedTest {
  /** With those of the groups that it is in. */
  readonly name: string;
  readonly milliseconds: number;
}

/** Tests by the path of their file. */
export type FileTests = ReadonlyMap<string, readonly NamedTest[]>;

export interface MatchedTests {
  /** How many of now stand for one of then. */
  readonly count: number;
  /** Their share of the time of all of now, 0 to 1. */
  readonly share: number;
  /** How many of then have no like. */
  readonly gone: number;
  /** Their share of the time of then, 0 to 1. */
  readonly goneShare: number;
}

/** Of the words of two names, this share is in both, if one may be the other under another title. */
const LIKE = 0.4;

/**
 * Which tests of now were there then: in the file that theirs became one has the same name, or most of its words; each
 * stands for one. For one that has no like, the slowest of those that are left stands, lest what it did be counted as gone.
 * @param successors where the tests of each file of then are now.
 */
export function matchTests(then: FileTests, now: FileTests, successors: ReadonlyMap<string, string>): MatchedTests {
  const kept: NamedTest[] = [];
  const gone: NamedTest[] = [];
  for (const [file, before] of then) {
    const left = new Set(now.get(successors.get(file) ?? '') ?? []);
    const take = (test: NamedTest) => {
      left.delete(test);
      kept.push(test);
    };
    const renamed = new Set(before);
    for (const test of before) {
      const same = [...left].find(({ name }) => name === test.name);
      if (same === undefined) continue;
      take(same);
      renamed.delete(test);
    }
    const pairs = [...renamed].flatMap((test) =>
      [...left].map((other) => ({ test, other, likeness: likeness(test.name, other.name) })),
    );
    for (const { test, other } of pairs
      .filter((pair) => pair.likeness >= LIKE)
      .toSorted((one, another) => another.likeness - one.likeness)) {
      if (!renamed.has(test) || !left.has(other)) continue;
      take(other);
      renamed.delete(test);
    }
    gone.push(...renamed);
    const slowest = [...left].toSorted((one, other) => other.milliseconds - one.milliseconds);
    for (const other of slowest.slice(0, renamed.size)) take(other);
  }
  return {
    count: kept.length,
    share: time(kept) / time([...now.values()].flat()),
    gone: gone.length,
    goneShare: time(gone) / time([...then.values()].flat()),
  };
}

const time = (tests: readonly NamedTest[]): number => tests.reduce((sum, { milliseconds }) => sum + milliseconds, 0);

const words = (name: string): ReadonlySet<string> => new Set(name.toLowerCase().match(/[a-z0-9]+/g) ?? []);

/** The share of the words of either that both have, 0 to 1. */
function likeness(one: string, other: string): number {
  const [a, b] = [words(one), words(other)];
  const both = [...a].filter((word) => b.has(word)).length;
  return both / (a.size + b.size - both || 1);
}
