import { DescribeCustomDomainsCommand } from '@aws-sdk/client-apprunner';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { DnsView } from 'apprunner-embedded-cloud';
import { expect } from 'vitest';
import { isOwnCall } from '../../demo/product-calls.ts';
import { errorName } from '../../shared/errors.ts';
import { observeTags } from '../../shared/observe/service.ts';
import { normalizeName } from '../../shared/records/names.ts';
import type { ServiceRow } from '../../shared/state/row.ts';
import { explained } from './explained.ts';
import type { Expectation } from './scenario.ts';
import type { Stage } from './stage.ts';

/** Checks what is to be seen, all of it from outside: the row, AWS's answers, DNS, and a request inside the VPC. */
export async function check(stage: Stage, expectation: Expectation): Promise<void> {
  const { world } = stage;
  const wanted = await stage.fill(expectation);
  const arn = stage.service(wanted.service);
  const row = await world.row(arn);
  if (wanted.phase !== undefined) expect(row?.phase ?? 'no row', 'phase').toBe(wanted.phase);
  if (wanted.proof !== undefined) expect(row?.proof?.kind, 'proof').toBe(wanted.proof);
  if (wanted.findings !== undefined) checkFindings(row, wanted.findings);
  if (wanted.timeline !== undefined) checkTimeline(row, wanted.timeline);
  if (wanted.visibility !== undefined || wanted.egress !== undefined) {
    const { IngressConfiguration, EgressConfiguration } = (await world.service(arn))?.NetworkConfiguration ?? {};
    const visibility = IngressConfiguration?.IsPubliclyAccessible === false ? 'private' : 'public';
    expect(visibility, 'visibility').toBe(wanted.visibility ?? visibility);
    expect(EgressConfiguration?.EgressType, 'egress').toBe(wanted.egress ?? EgressConfiguration?.EgressType);
  }
  for (const [zone, lines] of Object.entries(wanted.records ?? {})) {
    const records = await world.records(stage.zone(zone));
    expect([...new Set(records.map(recordLine))].sort(), `records of the ${zone} zone`).toEqual([...lines].sort());
  }
  const { vpc: vpcId = world.network.vpcId } = wanted;
  const inside = { kind: 'vpc', vpcId } as const;
  for (const { from, type, answers = {} } of [
    { from: inside, type: 'A', answers: wanted.vpcAnswers },
    { from: inside, type: 'AAAA', answers: wanted.vpcAnswersIpv6 },
    { from: { kind: 'public' }, type: 'A', answers: wanted.publicAnswers },
  ] as const) {
    for (const [name, answer] of Object.entries(answers)) {
      const addresses = answer === 'endpoint' ? stage.endpointAddresses(vpcId, type) : answer;
      expect(dig(stage, from, name, type).toSorted(), `${type} ${name} asked from ${from.kind}`).toEqual(
        addresses.toSorted(),
      );
    }
  }
  if (wanted.connections !== undefined) {
    const connections = await stage.connections(wanted.service);
    expect(
      connections.map(({ status, endpointId }) => `${status} ${endpointId}`),
      'connections',
    ).toEqual(wanted.connections);
  }
  if (wanted.tags !== undefined) expect(await observeTags(world.appRunner, arn), 'tags').toEqual(wanted.tags);
  if (wanted.domains !== undefined) expect(await domains(stage, arn), 'domains').toEqual(wanted.domains);
  for (const [name, status] of Object.entries(wanted.https ?? {})) {
    expect(httpsStatus(stage, inside, name), `https://${name} from inside the VPC`).toBe(status);
  }
  if (wanted.atMost !== undefined) checkCalls(stage, wanted.atMost);
  if (wanted.plan !== undefined) {
    const text = await explained(stage, arn);
    for (const part of wanted.plan) expect(text, 'the plan').toContain(part);
  }
  if (wanted.endpoints !== undefined) {
    expect(world.cloud.ec2.allEndpoints().length, 'VPC endpoints').toBe(wanted.endpoints);
  }
}

function checkFindings(row: ServiceRow | undefined, wanted: Expectation['findings'] & object): void {
  const open = row?.findings ?? [];
  expect(open.map(({ code }) => code).sort(), 'findings').toEqual(wanted.map(({ code }) => code).sort());
  for (const { code, says = '' } of wanted) {
    const messages = open.filter((finding) => finding.code === code).map(({ message }) => message);
    expect(
      messages.some((message) => message.includes(says)),
      `${code} says "${says}" in: ${messages.join(' / ')}`,
    ).toBe(true);
  }
}

function checkTimeline(row: ServiceRow | undefined, wanted: readonly string[]): void {
  const texts = (row?.timeline ?? []).map(({ text }) => text);
  let from = 0;
  for (const part of wanted) {
    const index = texts.findIndex((text, at) => at >= from && text.includes(part));
    expect(index, `"${part}" in the timeline, in its order`).toBeGreaterThanOrEqual(0);
    from = index + 1;
  }
}

/** `A hello.example.com → …`, `TXT … "…"`, `validation hello.example.com`. */
function recordLine({ Name = '', Type, AliasTarget, ResourceRecords = [], SetIdentifier }: ResourceRecordSet): string {
  const name = normalizeName(Name);
  const values = ResourceRecords.map(({ Value = '' }) => Value);
  if (Type === 'CNAME' && values.some((value) => value.endsWith('.acm-validations.aws.'))) {
    // App Runner now and then wants one more, below the name (docs/facts.md#validation-records): it belongs to
    // the name as well.
    return `validation ${name.replace(/^_[0-9a-f]{32}\.([a-z2-7]{31}\.)?/, '')}`;
  }
  const set = SetIdentifier === undefined ? '' : ` (${SetIdentifier})`;
  if (AliasTarget !== undefined) return `${Type} ${name}${set} → ${normalizeName(AliasTarget.DNSName ?? '')}`;
  return `${Type} ${name}${set} ${values.join(' ')}`;
}

async function domains(stage: Stage, arn: string): Promise<Readonly<Record<string, string>>> {
  const { CustomDomains = [] } = await stage.world.appRunner.send(
    new DescribeCustomDomainsCommand({ ServiceArn: arn }),
  );
  return Object.fromEntries(
    CustomDomains.map(({ DomainName = '', Status = '' }) => [DomainName, Status.toLowerCase()]),
  );
}

/** What `dig +short` would print. */
function dig({ world }: Stage, from: DnsView, name: string, type: 'A' | 'AAAA'): readonly string[] {
  const { answers } = world.cloud.resolver.answer(from, name, type);
  return answers.filter((record) => record.type === type).map(({ value }) => value);
}

function httpsStatus(stage: Stage, from: DnsView & { kind: 'vpc' }, host: string): number | 'refused' {
  const addresses = (['A', 'AAAA'] as const).flatMap((type) => dig(stage, from, host, type));
  const [status = 'refused', ...others] = new Set(
    addresses.map((address) => statusAt(stage, from.vpcId, address, host)),
  );
  if (others.length > 0) throw new Error(`${host} answers ${[status, ...others]}, each at another address`);
  return status;
}

function statusAt({ world }: Stage, vpcId: string, interfaceAddress: string, host: string): number | 'refused' {
  try {
    const { status, certificateNames } = world.cloud.front.request({ interfaceAddress, vpcId, host, path: '/' });
    const covers = certificateNames.includes(host) || certificateNames.includes(host.replace(/^[^.]+/, '*'));
    return covers ? status : 'refused';
  } catch (error) {
    if (errorName(error) === 'ConnectionFailed') return 'refused';
    throw error;
  }
}

function checkCalls({ counter }: Stage, atMost: Readonly<Record<string, number>>): void {
  if (counter === undefined) throw new Error('calls are looked at before they were counted: say count-calls first');
  for (const [operation, most] of Object.entries(atMost)) {
    const counted = counter.operations.filter((one) =>
      operation === 'writes' ? one.writes && !isOwnCall(one.operation) : one.operation === operation,
    );
    const calls = counted.reduce((sum, one) => sum + one.calls, 0);
    expect(calls, `calls of ${operation}:\n${counter}`).toBeLessThanOrEqual(most);
  }
}
