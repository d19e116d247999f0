import type { ServiceExplanation } from '../shared/api/service-schemas.ts';
import { formatDuration } from '../shared/duration.ts';
import type { Layout } from './terminal/output.ts';
import { severityMark } from './terminal/severity.ts';

/** Everything that is known of a service. @param settingsFrom where the settings come from that it is judged by. */
export function serviceText(
  explanation: ServiceExplanation,
  layout: Layout,
  now: number,
  settingsFrom?: string,
): string {
  const { arn, service, desired, policy, phase, proof, actions, waits, findings, endpoint } = explanation;
  const { style } = layout;
  const bold = (text: string) => style('bold', text);
  const dim = (text: string) => style('dim', text);
  const lines = [
    bold(arn),
    `  the service is   ${service.status === 'gone' ? 'gone, or was never there: neither described nor listed in its account and region' : `${service.status}, ${'reach' in service ? service.reach : ''}`}`,
    `  it should be     ${desiredText(desired)}`,
    `  by the policy    ${policy.reach}${policy.reach === 'required' ? `, ${policy.mode}` : ''}: ${policy.because}`,
    `  phase            ${phase}${proof === undefined ? '' : `, ${proofText(proof.kind)}`}`,
  ];
  if (endpoint !== undefined) {
    lines.push(
      `  endpoint         ${endpoint.id} (${endpoint.state}) ${endpoint.addresses.join(', ')}`,
      `                   ${endpoint.interfaces} interfaces × ${endpoint.usdPerInterfaceHour} USD/h = ${endpoint.usdPerMonth.toFixed(2)} USD a month for the VPC, traffic not counted`,
    );
  }
  if (settingsFrom !== undefined) lines.push(`  ${dim(`settings from    ${settingsFrom}`)}`);
  lines.push('');
  if (actions.length > 0) {
    lines.push(bold(policy.mode === 'audit' ? 'Would be done, if the mode were enforce' : 'Would be done now'));
    for (const [index, { description, why }] of actions.entries()) {
      lines.push(`  ${index + 1}. ${description}`, `     ${dim(`because ${why}`)}`);
    }
    lines.push('');
  }
  if (waits.length > 0) {
    lines.push(bold('Waits for'));
    for (const { why, since, atMost } of waits) {
      const elapsed = formatDuration(now - Date.parse(since));
      lines.push(`  – ${why}`, `     ${dim(`since ${since} (${elapsed}), at most until ${atMost}`)}`);
    }
    lines.push('');
  }
  if (findings.length > 0) {
    lines.push(bold('Findings'));
    for (const { severity, code, message, remedy } of findings) {
      lines.push(`  ${severityMark(severity, style)} ${code}: ${message}`, `     ${dim(remedy)}`);
    }
    lines.push('');
  }
  if (actions.length + waits.length + findings.length === 0) lines.push('Nothing to do, nothing to wait for.', '');
  return lines.join('\n');
}

/** So many of the last entries of the timeline are shown; `--json` has all that are kept. */
const RECENT = 15;

/** What was done, found and asked for last. */
export function timelineText({ timeline }: ServiceExplanation, { style, time }: Layout): string {
  if (timeline.length === 0) return '';
  const lines = timeline.slice(-RECENT).map(({ at, text, by }) => {
    return `  ${style('dim', time(at))}  ${text}${by === undefined ? '' : style('dim', ` (asked for by ${by})`)}`;
  });
  return [style('bold', 'What happened'), ...lines, ''].join('\n');
}

function proofText(kind: NonNullable<ServiceExplanation['proof']>['kind']): string {
  switch (kind) {
    case 'verified':
      return 'seen to answer from inside the VPC';
    case 'seen-publicly':
      return 'its name seen in public DNS, not from inside the VPC';
    case 'unverified':
      return 'not verified';
  }
}

function desiredText(desired: ServiceExplanation['desired']): string {
  switch (desired.kind) {
    case 'unmanaged':
      return 'left alone: it carries no tag and nothing was written for it';
    case 'released':
      return 'left alone: it was released';
    case 'unclear':
      return 'left alone: its tag cannot be understood';
    case 'gone':
      return `undone (${desired.reason})${desired.restorePublic ? ', and public again' : ''}`;
    case 'private':
      return `private from ${desired.vpcId ?? '(no VPC given)'}${desired.domains.length === 0 ? '' : `, as ${desired.domains.join(', ')}`}`;
  }
}
