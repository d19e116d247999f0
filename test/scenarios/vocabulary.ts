import type { Expectation, ScenarioTags, Step } from './scenario.ts';

/** Words that many scenarios share: data, and what makes data. */

export const DOMAIN = 'hello.example.com';
export const TAGS: ScenarioTags = { 'private-ingress': 'enabled', 'private-ingress:domains': DOMAIN };

/** `TAGS` with other names in them. */
export const withDomains = (domains: string): ScenarioTags => ({ ...TAGS, 'private-ingress:domains': domains });

/** What the stack is without an `Installation`: the tag value, and the first 12 digits of its SHA-256. */
export const OWNER_TAG_VALUE = '123456789012/ap-northeast-1/apprunner-private-ingress-main';
export const INSTALLATION = '9dc117a9fb2d';

/** The alias and the ownership TXT of a name, as they stand when the name is ours. */
export function claimed(name: string, target = '{endpoint-name}', service = '{service-id}'): readonly string[] {
  return [`A ${name} → ${target}`, ownership(name, service)];
}

export function ownership(name: string, service = '{service-id}', installation = INSTALLATION): string {
  const owner = `_private-ingress.${name.replace(/^\*/, '_wildcard')}`;
  return `TXT ${owner} "v=1 owner=${installation} service=${service}"`;
}

/** All as it should be with the one domain of `TAGS`. */
export const inOrder: Expectation = {
  do: 'expect',
  phase: 'ready',
  visibility: 'private',
  findings: [],
  records: { private: claimed(DOMAIN), public: [`validation ${DOMAIN}`] },
  vpcAnswers: { [DOMAIN]: 'endpoint' },
  publicAnswers: { [DOMAIN]: [] },
  connections: ['AVAILABLE {endpoint}'],
  domains: { [DOMAIN]: 'active' },
  https: { [DOMAIN]: 200 },
};

/** Nothing of the service is left in DNS, and no way leads into it. */
export const nothingLeft: Expectation = {
  do: 'expect',
  phase: 'detached',
  records: { private: [], public: [] },
  vpcAnswers: { [DOMAIN]: [] },
};

export const created: Step = { do: 'create-service', name: 'hello', tags: TAGS };
export const ready: Step = { do: 'until', phase: 'ready' };
export const blocked: Step = { do: 'until', phase: 'blocked' };

/** The VPC sees no private zone of example.com: the public zone carries the traffic. */
export const publicZoneOnly: readonly Step[] = [
  { do: 'call', operation: 'CreateVpc', input: { CidrBlock: '10.9.0.0/16' }, as: { 'spare-vpc': 'Vpc.VpcId' } },
  {
    do: 'call',
    operation: 'AssociateVPCWithHostedZone',
    input: { HostedZoneId: '{private-zone}', VPC: { VPCId: '{spare-vpc}', VPCRegion: 'ap-northeast-1' } },
  },
  {
    do: 'call',
    operation: 'DisassociateVPCFromHostedZone',
    input: { HostedZoneId: '{private-zone}', VPC: { VPCId: '{vpc}', VPCRegion: 'ap-northeast-1' } },
  },
];

/** The owner associates the domain with a service, with `www.` or without. */
export const associates = (EnableWWWSubdomain: boolean, ServiceArn = '{service}') =>
  ({
    do: 'call',
    operation: 'AssociateCustomDomain',
    input: { ServiceArn, DomainName: DOMAIN, EnableWWWSubdomain },
  }) satisfies Step;

/** A public service with the domain associated and active, its validation records written by a person. */
export const liveService: readonly Step[] = [
  { do: 'create-service', name: 'hello' },
  { do: 'advance', time: '1m' },
  associates(false),
  { do: 'advance', time: '20s' },
  { do: 'validate' },
  { do: 'advance', time: '5m' },
  { do: 'expect', domains: { [DOMAIN]: 'active' }, visibility: 'public' },
];

/** As Copilot and Terraform write it. */
export const cnameToService = {
  do: 'put-record',
  zone: 'public',
  record: { Name: DOMAIN, Type: 'CNAME', TTL: 300, ResourceRecords: [{ Value: '{public-name}' }] },
} as const satisfies Step;

/** As the App Runner console writes it. */
export const aliasToService = {
  do: 'put-record',
  zone: 'public',
  record: {
    Name: DOMAIN,
    Type: 'A',
    AliasTarget: { DNSName: '{public-name}', HostedZoneId: '{apprunner-zone}', EvaluateTargetHealth: false },
  },
} as const satisfies Step;

/** A record with plain values, as a person would write it. */
export function addressRecord(
  name: string,
  address: string,
): {
  Name: string;
  Type: 'A';
  TTL: number;
  ResourceRecords: { Value: string }[];
} {
  return { Name: name, Type: 'A', TTL: 60, ResourceRecords: [{ Value: address }] };
}
