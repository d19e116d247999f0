import { findingMeanings } from '../../shared/finding-meanings.ts';
import { type FindingCode, findingDefinitions } from '../../shared/findings.ts';
import { type Chapter, chapters, type Scenario, type Step } from '../../test/scenarios/scenario.ts';
import { scenarios } from '../../test/scenarios/scenarios.ts';
import type { GeneratedDocument } from './document.ts';

const titles: Readonly<Record<Chapter, string>> = {
  coming: 'Coming: a service is attached',
  staying: 'Staying: it is kept in sync',
  going: 'Going: it is detached, released or deleted',
  proof: 'Proof: what was seen, and from where',
  policy: 'Policy: private ingress is required, whatever the tags are',
};

/** `docs/behaviour.md`, from the scenarios of `test/scenarios/`. */
export function behaviourDocument(): GeneratedDocument {
  const content = `<!-- Generated from test/scenarios/ by "npm run docs". -->
# What happens when

\`npm test\` plays every situation here against the embedded cloud, with the code of the packaged functions, and checks the result.
Where the behaviour of AWS [is not known](unverified.md), it plays both ways and names them. The words in \`code\` are the finding
codes of [findings.md](findings.md), the phases of a service and the tags of [tags.md](tags.md).

${chapters.map(contents).join('\n')}

${chapters.map(chapterText).join('\n\n')}
`;
  return { path: 'docs/behaviour.md', content };
}

const of = (chapter: Chapter): readonly Scenario[] => scenarios.filter((scenario) => scenario.chapter === chapter);

/** As GitHub makes anchors of headings. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');

const contents = (chapter: Chapter): string =>
  `- [${titles[chapter]}](#${anchor(titles[chapter])}), ${of(chapter).length} situations`;

const chapterText = (chapter: Chapter): string =>
  [`## ${titles[chapter]}`, ...of(chapter).map(scenarioText)].join('\n\n');

function scenarioText(scenario: Scenario): string {
  const { id, situation, happens } = scenario;
  return [
    `### ${id}`,
    `**${situation}** ${happens}`,
    ['', ...findings(scenario), ...phase(scenario), ...worlds(scenario)].join('\n').trim(),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Every finding that is open at some time, with its remedy. */
function findings(scenario: Scenario): readonly string[] {
  const closing = new Set((scenario.remedies ?? []).flatMap(({ closes }) => closes));
  return codesOf(scenario).map((code) => {
    const { severity, remedy } = findingDefinitions[code];
    const meaning = findingMeanings[code];
    const played = closing.has(code) ? ' The test does this too, and the finding closes.' : '';
    return `- Finding \`${code}\` (${severity}): ${meaning} *${remedy}*${played}`;
  });
}

function codesOf({ steps, remedies = [] }: Scenario): readonly FindingCode[] {
  const all = [...steps, ...remedies.flatMap((remedy) => remedy.steps)];
  return [
    ...new Set(all.flatMap((step) => (step.do === 'expect' ? (step.findings ?? []) : [])).map(({ code }) => code)),
  ];
}

/** The last phase that is named; with a finding that a person closes, the one before that. */
function phase({ steps, remedies = [] }: Scenario): readonly string[] {
  const named = steps.flatMap((step) => phaseOf(step) ?? []).at(-1);
  if (named === undefined) return [];
  if (named === 'no row') return ['- The service is not managed.'];
  return [`- ${remedies.length > 0 ? 'Until then' : 'In the end'} the service is \`${named}\`.`];
}

function phaseOf(step: Step): string | undefined {
  if ((step.do !== 'expect' && step.do !== 'until') || step.service !== undefined) return undefined;
  return typeof step.phase === 'string' ? step.phase : undefined;
}

function worlds({ worlds: all = [] }: Scenario): readonly string[] {
  const names = all.flatMap(({ name }) => name ?? []);
  const parameters = [...new Set(all.flatMap((world) => Object.entries(world.parameters ?? {})))]
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `\`${name}=${value}\``);
  return [
    ...(names.length > 0 ? [`- Played where: ${names.join('; ')}.`] : []),
    ...(parameters.length > 0 ? [`- With ${parameters.join(', ')}.`] : []),
  ];
}
