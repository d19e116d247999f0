import type { OpenFinding } from '../shared/findings.ts';
import { connectionName } from '../shared/plan/connection-owner.ts';
import { emptyLedger, type OwnedDomain, type OwnedResources } from '../shared/plan/ledger.ts';
import type {
  Association,
  ConnectionState,
  DomainState,
  EndpointInputs,
  EndpointState,
  NameAnswer,
  NetworkState,
  Observed,
  ObservedService,
} from '../shared/plan/observed.ts';
import type { DoneAction, PlanInput } from '../shared/plan/plan-builder.ts';
import type { Desired } from '../shared/policy/desire.ts';
import type { EffectivePolicy } from '../shared/policy/effective-policy.ts';
import type { Rules } from '../shared/policy/rules.ts';
import { type Owner, ownershipRecord } from '../shared/records/ownership.ts';
import type { RecordSet } from '../shared/records/record-set.ts';
import type { Zone } from '../shared/records/zones.ts';
import { parseServiceArn, type ServiceIdentity } from '../shared/service-arn.ts';

/** Builders of plain data with good defaults: one service, one VPC, one domain, everything in place. */

export const START = Date.UTC(2026, 0, 1);
export const SERVICE_ID = '0123456789abcdef0123456789abcdef';
export const SERVICE_ARN = `arn:aws:apprunner:ap-northeast-1:123456789012:service/web/${SERVICE_ID}`;
export const VPC = 'vpc-0a1b2c3d';
export const DOMAIN = 'app.example.com';

export const service: ServiceIdentity = (() => {
  const parsed = parseServiceArn(SERVICE_ARN);
  if (parsed === undefined) throw new Error(`${SERVICE_ARN} does not parse`);
  return parsed;
})();
export const owner: Owner = { installation: 'default', serviceId: SERVICE_ID };

/** Both zones, each for all of the names. */
export const zonesFor = (names: readonly string[]): Rules['allowedZones'] =>
  ['ZPUBLIC', 'ZPRIVATE'].map((id) => ({ id, names }));

const anyEndpoint = { subnetIds: [], securityGroupIds: [], allowFrom: [] };

export const rules = (change: Partial<Rules> = {}): Rules => ({
  installation: 'default',
  ownerTag: 'default',
  allowedZones: zonesFor(['*.example.com', 'example.com']),
  networks: [{ vpcId: VPC, ...anyEndpoint }],
  otherVpcs: anyEndpoint,
  domains: [],
  claimableNames: ['*.example.com', 'example.com', '_wildcard.example.com', '_wildcard.*.example.com'],
  reservedNames: [],
  mayAdopt: true,
  detachGrace: 24 * 3600_000,
  onDetach: 'keep-private',
  onDeleteAttempt: 'report',
  aliasStrategy: 'auto',
  cutover: 'auto',
  cutoverDeadline: 7 * 24 * 3600_000,
  unobservableGrace: 5 * 60_000,
  endpointHourlyPrice: 0.014,
  ...change,
});

/** What the policy says where the stack has only parameters: as the tag says. */
export const effectivePolicy = (change: Partial<EffectivePolicy> = {}): EffectivePolicy => ({
  enforcement: 'by-tag',
  mode: 'enforce',
  because: 'the rule "tagged services" speaks for it',
  findings: [],
  rules: rules(),
  isInScope: true,
  decision: { rule: 'tagged services', exception: undefined, matchTrace: [], tags: {}, units: undefined },
  ...change,
});

export const publicZone: Zone = { id: 'ZPUBLIC', name: 'example.com', visibility: 'public', vpcIds: [] };
export const privateZone: Zone = { id: 'ZPRIVATE', name: 'example.com', visibility: 'private', vpcIds: [VPC] };

export const ENDPOINT_NAME = 'vpce-0e1.requests.apprunner.ap-northeast-1.vpce.amazonaws.com';
export const endpoint = (change: Partial<EndpointState> = {}): EndpointState => ({
  id: 'vpce-0e1',
  state: 'available',
  name: { name: ENDPOINT_NAME, zoneId: 'ZENDPOINT' },
  isDualStack: false,
  addresses: ['10.0.22.10', '10.0.21.218'],
  interfaceCount: 2,
  allowsHttps: true,
  ours: true,
  ...change,
});

export const endpointInputs: EndpointInputs = {
  subnetIds: ['subnet-1a', 'subnet-1c'],
  dualStack: { kind: 'impossible', why: 'no IPv6 range in subnet-1a, subnet-1c' },
  offeredZones: ['ap-northeast-1a', 'ap-northeast-1c'],
  securityGroupIds: ['sg-1'],
  cidrs: ['10.0.0.0/16'],
};

export const network = (change: Partial<NetworkState> = {}): NetworkState => ({
  vpcId: VPC,
  vpcFound: true,
  endpoints: [endpoint()],
  endpointInputs: undefined,
  ...change,
});

export const CONNECTION_NAME = 'abc123.ap-northeast-1.awsapprunner.com';
export const connection = (change: Partial<ConnectionState> = {}): ConnectionState => ({
  arn: 'arn:aws:apprunner:ap-northeast-1:123456789012:vpcingressconnection/pi/00000000000000000000000000000001',
  name: connectionName(SERVICE_ARN),
  status: 'AVAILABLE',
  domainName: CONNECTION_NAME,
  vpcId: VPC,
  endpointId: 'vpce-0e1',
  owner: 'default',
  ...change,
});

export const present = (
  change: Partial<ObservedService & { kind: 'present' }> = {},
): ObservedService & { kind: 'present' } => ({
  kind: 'present',
  status: 'RUNNING',
  isPublic: false,
  dualStack: false,
  createdAt: START,
  tags: { 'private-ingress': 'enabled', 'private-ingress:domains': DOMAIN },
  ...change,
});

export const VALIDATION_NAME = `_v1.${DOMAIN}`;
export const VALIDATION_VALUE = '_target1.acm-validations.aws.';
export const association = (change: Partial<Association> = {}): Association => ({
  status: 'active',
  validation: [{ name: VALIDATION_NAME, value: VALIDATION_VALUE }],
  target: CONNECTION_NAME,
  ...change,
});

export const cname = (name: string, value: string, ttl = 300): RecordSet => ({
  name,
  type: 'CNAME',
  content: { kind: 'values', ttl, values: [value] },
});
export const addressRecord = (name: string, address: string): RecordSet => ({
  name,
  type: 'A',
  content: { kind: 'values', ttl: 60, values: [address] },
});
export const aliasRecord = (name: string, target: string, targetZoneId: string, type = 'A'): RecordSet => ({
  name,
  type,
  content: { kind: 'alias', target, targetZoneId, evaluateTargetHealth: false },
});
export const validationCname = cname(VALIDATION_NAME, VALIDATION_VALUE);
/** What `auto` wants in a private zone. */
export const endpointAlias = (name = DOMAIN): RecordSet => aliasRecord(name, ENDPOINT_NAME, 'ZENDPOINT');
/** What `auto` wants in a public zone. */
export const appRunnerAlias = (name = DOMAIN): RecordSet => aliasRecord(name, CONNECTION_NAME, 'Z08491812XW6IPYLR6CCA');
export const ownTxt = (name = DOMAIN): RecordSet => ownershipRecord(name, owner);

/** A domain in a private zone that is published and right. */
export const domainState = (change: Partial<DomainState> = {}): DomainState => ({
  trafficZone: privateZone,
  validationZone: publicZone,
  association: association(),
  records: { ZPRIVATE: { at: [endpointAlias()], txt: ownTxt() } },
  validation: { ZPUBLIC: [validationCname], ZPRIVATE: [] },
  ...change,
});

export const seenAnswer: NameAnswer = {
  vantage: 'vpc',
  outcome: 'addresses',
  addresses: ['10.0.21.218', '10.0.22.10'],
};

export const observed = (change: Partial<Observed> = {}): Observed => ({
  at: START,
  service: present(),
  network: network(),
  connections: [connection()],
  domains: { [DOMAIN]: domainState() },
  answer: seenAnswer,
  httpsChecks: { [DOMAIN]: { ok: true, status: 200, milliseconds: 3 } },
  ...change,
});

export const writtenDomain = (change: Partial<OwnedDomain> = {}): OwnedDomain => ({
  associated: true,
  records: [
    { zoneId: 'ZPRIVATE', record: endpointAlias() },
    { zoneId: 'ZPRIVATE', record: ownTxt() },
  ],
  validation: [{ zoneId: 'ZPUBLIC', record: validationCname }],
  ...change,
});
/** Everything of the default world was written by us. */
export const ledger = (change: Partial<OwnedResources> = {}): OwnedResources => ({
  madePrivate: true,
  domains: { [DOMAIN]: writtenDomain() },
  ...change,
});

export const wantsPrivate = (change: Partial<Desired & { kind: 'private' }> = {}): Desired & { kind: 'private' } => ({
  kind: 'private',
  vpcId: VPC,
  domains: [DOMAIN],
  aliasStrategy: 'auto',
  ...change,
});
export const wantsDetached = (
  change: Partial<Desired & { kind: 'detached' }> = {},
): Desired & { kind: 'detached' } => ({
  kind: 'detached',
  reason: 'disabled',
  restorePublic: false,
  ...change,
});

export const planInput = (
  desired: Desired,
  seen: Observed = observed(),
  known: OwnedResources = emptyLedger,
  more: {
    readonly rules?: Rules;
    readonly history?: readonly DoneAction[];
    readonly findings?: readonly OpenFinding[];
    readonly changesAt?: number;
  } = {},
): PlanInput => ({
  service,
  desire: { desired, findings: [], ...(more.changesAt === undefined ? {} : { changesAt: more.changesAt }) },
  observed: seen,
  ledger: known,
  rules: more.rules ?? rules(),
  history: more.history ?? [],
  findings: more.findings ?? [],
});
