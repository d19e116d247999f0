import type { ServiceExplanation } from '../shared/api/service-schemas.ts';
import { withCommands } from '../shared/command-line.ts';
import { counted } from '../shared/counted.ts';
import { formatDuration } from '../shared/duration.ts';
import type { Layout } from './terminal/output.ts';
import { severityMark } from './terminal/severity.ts';
import { hanging } from './terminal/width.ts';

/** A service in full. @param settingsFrom the source of the settings. */
export function serviceText(
  explanation: ServiceExplanation,
  layout: Layout,
  now: number,
  settingsFrom?: string,
): string {
  const { style, width, typed } = layout;
  const { actions, waits, findings, policy, waitsFor } = explanation;
  const row = (head: string, text: string, detail: string) => [
    hanging(`  ${head} `, withCommands(text, typed), width),
    hanging('     ', style('dim', withCommands(detail, typed)), width),
  ];
  const facts = factsOf(explanation, layout, settingsFrom).map(([name, text]) =>
    hanging(`  ${style('dim', name.padEnd(17))}`, text, width),
  );
  const done = actions.flatMap(({ description, why }, index) => row(`${index + 1}.`, description, `because ${why}`));
  const waiting = waits.flatMap(({ why, since, atMost }) => {
    const elapsed = formatDuration(now - Date.parse(since));
    return row('–', why, `since ${since} (${elapsed}), at most until ${atMost}`);
  });
  const found = findings.flatMap(({ severity, code, message, remedy }) =>
    row(severityMark(severity, style), `${code}: ${message}`, remedy),
  );
  const nothing = [...done, ...waiting, ...found].length === 0 ? 'Nothing to do, nothing to wait for.\n' : '';
  return [
    `${style('bold', explanation.arn)}\n${facts.join('\n')}\n`,
    section(
      'Kept',
      waitsFor === undefined ? [] : [hanging('  ', style('yellow', withCommands(waitsFor, typed)), width)],
      layout,
    ),
    section(doneTitle(policy.mode === 'audit', waitsFor !== undefined), done, layout),
    section('Waits for', waiting, layout),
    section('Findings', found, layout),
    nothing,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function doneTitle(isAudit: boolean, isKept: boolean): string {
  if (isAudit) return 'Would be done in mode enforce';
  return isKept ? 'Would be done if nothing kept it' : 'Would be done now';
}

/** `--json` has all entries. */
const TIMELINE_ENTRIES_SHOWN = 15;

/** The latest entries of the timeline. */
export function timelineText({ timeline }: ServiceExplanation, layout: Layout): string {
  const { style, time, width } = layout;
  const lines = timeline.slice(-TIMELINE_ENTRIES_SHOWN).map(({ at, text, by }) => {
    return hanging(`  ${style('dim', time(at))}  `, by === undefined ? text : `${text} (by ${by})`, width);
  });
  return section('What happened', lines, layout);
}

function section(title: string, lines: readonly string[], { style }: Layout): string {
  return lines.length === 0 ? '' : `${style('bold', title)}\n${lines.join('\n')}\n`;
}

function factsOf(
  { arn, service, desired, policy, phase, proof, endpoint }: ServiceExplanation,
  { typed }: Layout,
  settingsFrom: string | undefined,
): readonly (readonly [name: string, text: string])[] {
  const state =
    'visibility' in service
      ? `${service.status}, ${service.visibility}`
      : 'deleted, or never existed: App Runner neither describes nor lists it';
  const mode = policy.enforcement === 'required' ? `, ${policy.mode}` : '';
  return [
    ['the service is', state],
    ['it should be', desiredText(desired)],
    ['by the policy', `${policy.enforcement}${mode}: ${policy.because}`],
    desired.kind === 'unmanaged'
      ? ['to manage it', howToManage(policy.enforcement, typed(`attach ${arn}`))]
      : ['phase', `${phase}${proof === undefined ? '' : `, ${proofText(proof.kind)}`}`],
    ...(endpoint === undefined ? [] : endpointFacts(endpoint)),
    ...(settingsFrom === undefined ? [] : ([['settings from', settingsFrom]] as const)),
  ];
}

/** A service that is not managed is in no phase that says anything of it. */
function howToManage(enforcement: ServiceExplanation['policy']['enforcement'], attach: string): string {
  return enforcement === 'ignored'
    ? 'change the policy: no tag has an effect where no rule applies or the rule ignores the service'
    : `"${attach}", or tag it private-ingress=enabled`;
}

function endpointFacts({
  id,
  state,
  addresses,
  interfaces,
  usdPerInterfaceHour,
  usdPerMonth,
}: NonNullable<ServiceExplanation['endpoint']>): readonly (readonly [name: string, text: string])[] {
  const cost = `${counted(interfaces, 'interface')} × ${usdPerInterfaceHour} USD/h = ${usdPerMonth.toFixed(2)} USD a month for the VPC, traffic not counted`;
  return [
    ['endpoint', `${id} (${state}) ${addresses.join(', ')}`],
    ['', cost],
  ];
}

function proofText(kind: NonNullable<ServiceExplanation['proof']>['kind']): string {
  switch (kind) {
    case 'verified':
      return 'answers over HTTPS from inside the VPC';
    case 'resolves':
      return 'resolves inside the VPC; not seen to answer over HTTPS';
    case 'seen-publicly':
      return 'resolves in public DNS; not checked from inside the VPC';
    case 'unverified':
      return 'not verified';
  }
}

function desiredText(desired: ServiceExplanation['desired']): string {
  switch (desired.kind) {
    case 'unmanaged':
      return 'not managed: it has no tag and the stack wrote nothing for it';
    case 'released':
      return desired.byPolicy === true ? 'not managed: the policy leaves it alone' : 'not managed: it was released';
    case 'unclear':
      return 'unchanged: its tag is not valid';
    case 'detached':
      return `detached (${desired.reason})${desired.restorePublic ? ', and public again' : ''}`;
    case 'private':
      return `private from ${desired.vpcId ?? '(no VPC given)'}${desired.domains.length === 0 ? '' : `, as ${desired.domains.join(', ')}`}`;
  }
}
