import { formatDuration, HOURS_A_MONTH } from '../shared/duration.ts';
import { keepSince, type OpenFinding } from '../shared/findings.ts';
import { lookAt } from '../shared/pass/look.ts';
import { type Action, describeAction } from '../shared/plan/action.ts';
import type { Proof } from '../shared/plan/draft.ts';
import type { Phase } from '../shared/plan/plan.ts';
import { carryOn, latest, type OpenWait } from '../shared/plan/wait.ts';
import type { Desired } from '../shared/policy/desire.ts';
import type { ServiceIdentity } from '../shared/service-arn.ts';
import { freshState, type TimelineEntry } from '../shared/state/row.ts';
import type { Connection } from './connect.ts';
import type { Layout } from './terminal/output.ts';
import type { Style } from './terminal/style.ts';

/** Everything a person would ask about one service, as plain data; `--json` prints it as it is. */
export interface Explanation {
  readonly serviceArn: string;
  readonly settingsFrom: string;
  readonly service: { readonly status: string; readonly reach: 'public' | 'private' } | { readonly status: 'gone' };
  readonly desired: Desired;
  readonly phase: Phase;
  /** What was last seen of whether it works, and when (ISO 8601). */
  readonly proof: { readonly kind: Proof; readonly at: string } | undefined;
  readonly actions: readonly { readonly description: string; readonly why: string; readonly action: Action }[];
  readonly waits: readonly {
    readonly what: string;
    readonly subject: string;
    readonly why: string;
    /** ISO 8601. `atMost`: after that it counts as overdue. */
    readonly since: string;
    readonly atMost: string;
  }[];
  readonly findings: readonly OpenFinding[];
  readonly endpoint:
    | {
        readonly id: string;
        readonly state: string;
        readonly addresses: readonly string[];
        readonly interfaces: number;
        readonly usdPerInterfaceHour: number;
        readonly usdPerMonth: number;
      }
    | undefined;
  readonly timeline: readonly TimelineEntry[];
}

/** Looks as a pass would, and carries nothing out. */
export async function explain(service: ServiceIdentity, connection: Connection): Promise<Explanation> {
  const { settings, observer, store, source } = connection;
  const row = (await store?.get(service.arn)) ?? freshState;
  const { desire, observed, plan } = await lookAt(service, row, observer, settings.rules);
  const seen = observed.service;
  const [endpoint] = observed.network?.endpoints ?? [];
  return {
    serviceArn: service.arn,
    settingsFrom: source,
    service:
      seen.kind === 'gone' ? { status: 'gone' } : { status: seen.status, reach: seen.isPublic ? 'public' : 'private' },
    desired: desire.desired,
    phase: plan.phase,
    proof: plan.proof === undefined ? undefined : { kind: plan.proof, at: new Date(observed.at).toISOString() },
    actions: plan.actions.map((action) => ({ description: describeAction(action), why: action.why, action })),
    waits: carryOn(plan.waits, row.waits, observed.at).map(explainWait),
    findings: keepSince(plan.findings, row.findings, observed.at),
    endpoint:
      endpoint === undefined
        ? undefined
        : {
            id: endpoint.id,
            state: endpoint.state,
            addresses: endpoint.addresses,
            interfaces: endpoint.interfaceCount,
            usdPerInterfaceHour: settings.rules.endpointHourlyPrice,
            usdPerMonth: endpoint.interfaceCount * settings.rules.endpointHourlyPrice * HOURS_A_MONTH,
          },
    timeline: row.timeline,
  };
}

function explainWait(wait: OpenWait): Explanation['waits'][number] {
  const { kind, subject, why, since } = wait;
  const time = (at: number) => new Date(at).toISOString();
  return { what: kind, subject, why, since: time(since), atMost: time(latest(wait)) };
}

export function explanationText(explanation: Explanation, { style }: Layout, now: number): string {
  const { serviceArn, service, desired, phase, proof, actions, waits, findings, endpoint, settingsFrom } = explanation;
  const bold = (text: string) => style('bold', text);
  const dim = (text: string) => style('dim', text);
  const lines = [
    bold(serviceArn),
    `  the service is   ${service.status === 'gone' ? 'gone, or was never there: neither described nor listed in its account and region' : `${service.status}, ${'reach' in service ? service.reach : ''}`}`,
    `  it should be     ${desiredText(desired)}`,
    `  phase            ${phase}${proof === undefined ? '' : `, ${proofText(proof.kind)}`}`,
  ];
  if (endpoint !== undefined) {
    lines.push(
      `  endpoint         ${endpoint.id} (${endpoint.state}) ${endpoint.addresses.join(', ')}`,
      `                   ${endpoint.interfaces} interfaces × ${endpoint.usdPerInterfaceHour} USD/h = ${endpoint.usdPerMonth.toFixed(2)} USD a month for the VPC, traffic not counted`,
    );
  }
  lines.push(`  ${dim(`settings from    ${settingsFrom}`)}`, '');
  if (actions.length > 0) {
    lines.push(bold('Would be done now'));
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
      lines.push(`  ${mark(severity, style)} ${code}: ${message}`, `     ${dim(remedy)}`);
    }
    lines.push('');
  }
  if (actions.length + waits.length + findings.length === 0) lines.push('Nothing to do, nothing to wait for.', '');
  return lines.join('\n');
}

function proofText(kind: Proof): string {
  switch (kind) {
    case 'verified':
      return 'seen to answer from inside the VPC';
    case 'seen-publicly':
      return 'its name seen in public DNS, not from inside the VPC';
    case 'unverified':
      return 'not verified';
  }
}

function mark(severity: OpenFinding['severity'], style: Style): string {
  return style(severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'cyan', severity);
}

function desiredText(desired: Desired): string {
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
