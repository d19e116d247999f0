import { readMutationResults } from '../../mutation/results.ts';
import { found } from '../../prove/found.ts';
import { planted } from '../../prove/planted.ts';
import { promises } from '../../prove/promises.ts';
import { readResults } from '../../prove/results.ts';
import { stories } from '../../prove/stories.ts';
import type { GeneratedDocument } from './document.ts';
import { table } from './table.ts';

/** `docs/reliability.md`, from the figures that `npm run prove -- --record` has written. */
export async function reliabilityDocument(): Promise<GeneratedDocument> {
  const [results, mutations] = await Promise.all([readResults(), readMutationResults()]);
  const named = Object.entries(promises);
  const content = `<!-- Generated from prove/ and mutation/results.json by "npm run docs". -->
# What one may rely on

\`npm run prove\` disturbs the product in every way below, in the embedded cloud and on virtual time, and compares what is left in the end
with the same story undisturbed. A failing case is printed with the command that plays it again; \`--resume\` goes on after a break, and
\`--quick\` plays a sample in a minute. A few cases with fixed seeds are part of \`npm test\`. None of it was seen on live AWS.

## Promises

${table(
  ['disturbance', 'promise', 'condition', 'not promised'],
  named.map(([name, { about, promise, condition, notPromised }]) => [
    `\`${name}\`: ${about}`,
    promise,
    condition,
    notPromised,
  ]),
)}

## Figures

As \`npm run prove -- --record\` counted them last. A disturbance is a death, a fault, a message delivered twice, or a hostile input.
What was added to a family since is not in its figures before it is recorded, as a whole or in parts (\`--only\`, \`--add\`).

${table(
  ['family', 'seeds', 'cases', 'disturbances', 'failed', 'seconds'],
  [
    ...Map.groupBy(results, ({ family, only }) =>
      only === undefined ? family : `${family} --only "${only.replaceAll('|', '\\|')}"`,
    ),
  ].map(([cases, runs]) => [
    `\`${cases}\``,
    runs.map(({ seed }) => seed).join(', '),
    ...[
      sum(runs, (run) => run.cases),
      sum(runs, (run) => run.disturbances),
      sum(runs, (run) => run.failed.length),
      sum(runs, (run) => run.seconds),
    ].map((value) => value.toLocaleString('en-US')),
  ]),
)}

## What was found on the way

Each is mended, and its case is played by every \`npm test\`.

${table(
  ['case', 'what was wrong'],
  found.map((one) => [`\`npm run prove -- ${one.family} --case ${one.case}\``, one.wrong]),
)}

## Planted slips

How much \`npm run prove -- --quick\` finds was asked with slips, each the kind that gets through a review, which someone planted who knew
the product and had not seen the harness or any test. Nothing was changed between the planting and the score. Each set taught what a quick run
lacked, and what it missed has a test since; so each is followed by another one. A first ten, not listed, had shown one found of nine.

${planted
  .map(({ commit, slips }) =>
    [
      `Against ${commit}, found ${slips.filter(({ foundBy }) => foundBy.length > 0).length} of ${slips.length}:`,
      table(
        ['slip', 'in', 'found by'],
        slips.map(({ id, file, slip, foundBy, testedSince = 'nothing' }) => [
          `${slip} (\`prove/planted/${id}.patch\`)`,
          `\`${file}\``,
          foundBy.length === 0
            ? `not found; \`${testedSince}\` finds it since`
            : foundBy.map((family) => `\`${family}\``).join(', '),
        ]),
      ),
    ].join('\n\n'),
  )
  .join('\n\n')}

## Mutations

\`npm run mutation\` changes the product a little, again and again, and asks whether the tests of the part that was changed notice; what
tests elsewhere notice besides does not count. The goal is nine of ten; a part that is not listed was not counted yet. Not changed are
texts, and constants that are made when a module is loaded.

${table(
  ['part', 'changes', 'noticed', 'share', 'not asked'],
  mutations.map(({ part, mutants, killed, ignored }) => [
    `\`shared/${part}\``,
    ...[mutants, killed].map((value) => value.toLocaleString('en-US')),
    `${((100 * killed) / mutants).toFixed(1)} %`,
    ignored.toLocaleString('en-US'),
  ]),
)}

## Stories

The stories of \`crash\` and \`faults\`, each with every call of the reconcile function (\`prove/stories.ts\`):

${stories.map(({ name }) => `- ${name.replaceAll('-', ' ')}`).join('\n')}
`;
  return { path: 'docs/reliability.md', content };
}

const sum = <Of>(all: readonly Of[], value: (one: Of) => number): number =>
  all.reduce((total, one) => total + value(one), 0);
