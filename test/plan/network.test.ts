import { describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../shared/duration.ts';
import { finding } from '../../shared/findings.ts';
import { connectionName } from '../../shared/plan/connection-owner.ts';
import { emptyLedger, type OwnedResources } from '../../shared/plan/ledger.ts';
import { planMove } from '../../shared/plan/move.ts';
import { endpointFingerprint, missingNetwork, planNetwork } from '../../shared/plan/network.ts';
import type { ConnectionState, EndpointInputs, Observed } from '../../shared/plan/observed.ts';
import { plan } from '../../shared/plan/plan.ts';
import { PlanBuilder } from '../../shared/plan/plan-builder.ts';
import {
  CONNECTION_NAME,
  connection,
  endpoint,
  endpointInputs,
  ledger,
  network,
  observed,
  planInput,
  present,
  rules,
  SERVICE_ARN,
  START,
  VPC,
  wantsPrivate,
} from '../fixtures.ts';

function planned(change: Partial<Observed>, ledger: Partial<OwnedResources> = {}) {
  const see = observed(change);
  const builder = new PlanBuilder(planInput(wantsPrivate(), see, { ...emptyLedger, ...ledger }));
  const reached = planNetwork(builder, see.network ?? network());
  planMove(builder, reached);
  const { stage } = reached;
  return {
    stage,
    now: builder.actions.map(({ kind }) => kind),
    waits: builder.waits.map(({ kind }) => kind),
    findings: builder.findings.map(({ code }) => code),
    actions: builder.actions,
    found: builder.findings.map(({ code, resource, message }) => ({ code, resource, message })),
    checks: builder.waits.map(({ condition, expected, endsAt }) => ({ ...condition, expected, endsAt })),
  };
}

const busy = present({ status: 'OPERATION_IN_PROGRESS' });
const of = (...endpoints: Parameters<typeof endpoint>[0][]) =>
  network({ endpoints: endpoints.map((one) => endpoint(one)) });
const none = { connections: [], answer: undefined };

describe('an endpoint that the tag names and that is of no use', () => {
  const stageOf = (endpointId: string, required: boolean, ...endpoints: Parameters<typeof endpoint>[0][]) => {
    const see = observed({ ...none, network: of(...endpoints), service: present({ isPublic: true }) });
    const builder = new PlanBuilder({ ...planInput(wantsPrivate({ endpointId }), see), required });
    const { stage } = planNetwork(builder, see.network ?? network());
    return { stage, findings: builder.findings.map(({ code }) => code) };
  };

  it.each([
    ['that does not exist', 'vpce-none', [{}], { stage: 'public', findings: ['endpoint-not-found'] }],
    ['that failed', 'vpce-failed', [{}, { id: 'vpce-failed', state: 'failed' }], { stage: 'public', findings: [] }],
  ] as const)('%s is no way out of a rule that requires the service to be private', (_, id, endpoints, expected) => {
    expect(stageOf(id, true, ...endpoints)).toEqual(expected);
    expect(stageOf(id, false, ...endpoints).stage).toBe('impossible');
  });
});

describe('an endpoint that the tag names', () => {
  it.each([true, false])('is the one that is used, required: %s', (required) => {
    const seen = of({}, { id: 'vpce-0e2', ours: false });
    const see = observed({ ...none, network: seen });
    const builder = new PlanBuilder({ ...planInput(wantsPrivate({ endpointId: 'vpce-0e2' }), see), required });
    planNetwork(builder, seen);
    expect(builder.actions).toMatchObject([{ kind: 'create-connection', endpointId: 'vpce-0e2' }]);
  });
});

describe('a named endpoint that does not exist', () => {
  it('is not replaced by one that the stack creates', () => {
    const seen = network({ endpoints: [], endpointInputs });
    const see = observed({ ...none, network: seen });
    const builder = new PlanBuilder(planInput(wantsPrivate({ endpointId: 'vpce-0e9' }), see));
    expect(planNetwork(builder, seen)).toEqual({ stage: 'impossible' });
    expect(builder.actions).toEqual([]);
  });
});

describe('planNetwork, row by row', () => {
  it.each<[string, Partial<Observed>, object]>([
    [
      'no VPC',
      { network: network({ vpcFound: false, endpoints: [] }) },
      { stage: 'impossible', now: [], findings: ['vpc-not-found'] },
    ],
    ['no endpoint', { network: network({ endpoints: [], endpointInputs }) }, { now: ['create-endpoint'] }],
    [
      'no endpoint, no group for it',
      { network: network({ endpoints: [], endpointInputs: { ...endpointInputs, securityGroupIds: [] } }) },
      { stage: 'missing', now: ['create-security-group'] },
    ],
    [
      'no endpoint, no subnet for it',
      { network: network({ endpoints: [], endpointInputs: { ...endpointInputs, subnetIds: [] } }) },
      { now: [], findings: ['subnets-not-found'] },
    ],
    [
      'no endpoint, nothing to make it of',
      { network: network({ endpoints: [] }) },
      { now: [], findings: ['subnets-not-found'] },
    ],
    [
      'an endpoint that is deleted',
      { network: network({ ...of({ state: 'deleted' }), endpointInputs }) },
      { now: ['create-endpoint'] },
    ],
    ['pending', { network: of({ state: 'pending' }) }, { stage: 'missing', now: [], waits: ['endpoint'] }],
    ['pending acceptance', { network: of({ state: 'pendingacceptance' }) }, { waits: ['endpoint'] }],
    ['deleting', { network: of({ state: 'deleting' }) }, { now: [], waits: ['endpoint'] }],
    ['available, without a name yet', { network: of({ name: undefined }) }, { now: [], waits: ['endpoint'] }],
    ['failed', { network: of({ state: 'failed' }) }, { now: [], waits: [], findings: ['endpoint-unusable'] }],
    [
      'failed before it had a name',
      { network: of({ state: 'failed', name: undefined }) },
      { stage: 'impossible', waits: [], findings: ['endpoint-unusable'] },
    ],
    ['in one zone only', { network: of({ interfaceCount: 1 }) }, { stage: 'open', findings: ['endpoint-single-zone'] }],
    [
      'no endpoint, the VPC is another account’s',
      { network: network({ endpoints: [], endpointInputs, vpc: { ownerId: '999999999999', dnsSupport: true } }) },
      { stage: 'impossible', now: [], findings: ['vpc-shared'] },
    ],
    [
      'no endpoint, the VPC has no DNS',
      { network: network({ endpoints: [], endpointInputs, vpc: { ownerId: '123456789012', dnsSupport: false } }) },
      { stage: 'impossible', now: [], findings: ['vpc-dns-off'] },
    ],
    [
      'no endpoint, the VPC is as it should be',
      { network: network({ endpoints: [], endpointInputs, vpc: { ownerId: '123456789012', dnsSupport: true } }) },
      { stage: 'missing', now: ['create-endpoint'], findings: [] },
    ],
    ['rejected', { network: of({ state: 'rejected' }) }, { findings: ['endpoint-unusable'] }],
    ['of a state of tomorrow', { network: of({ state: 'paused' }) }, { now: [], findings: ['endpoint-unusable'] }],
    ['closed', { network: of({ allowsHttps: false }) }, { stage: 'open', findings: ['endpoint-closed'] }],
    ['public', { service: present({ isPublic: true }), ...none }, { stage: 'public', now: [] }],
    [
      'public and paused',
      { service: present({ isPublic: true, status: 'PAUSED' }), ...none },
      { stage: 'public', now: [] },
    ],
    ['public and busy', { service: { ...busy, isPublic: true }, ...none }, { stage: 'public', now: [] }],
    ['no connection', none, { stage: 'missing', now: ['create-connection'] }],
    ['no connection, busy', { service: busy, ...none }, { now: [], waits: ['service'] }],
    [
      'PENDING_CREATION',
      { connections: [connection({ status: 'PENDING_CREATION' })] },
      { stage: 'missing', now: [], waits: ['connection'] },
    ],
    ['PENDING_UPDATE', { connections: [connection({ status: 'PENDING_UPDATE' })] }, { waits: ['connection'] }],
    ['PENDING_DELETION', { connections: [connection({ status: 'PENDING_DELETION' })] }, { waits: ['connection'] }],
    [
      'FAILED_CREATION',
      { connections: [connection({ status: 'FAILED_CREATION' })] },
      { now: ['delete-connection'], findings: ['connection-failed'] },
    ],
    ['FAILED_UPDATE', { connections: [connection({ status: 'FAILED_UPDATE' })] }, { now: ['delete-connection'] }],
    ['FAILED_DELETION', { connections: [connection({ status: 'FAILED_DELETION' })] }, { now: ['delete-connection'] }],
    [
      'FAILED_CREATION of others',
      { connections: [connection({ status: 'FAILED_CREATION', name: 'by-hand' })] },
      { now: [], findings: ['connection-failed'] },
    ],
    [
      'a status of tomorrow',
      { connections: [connection({ status: 'SLEEPING' })] },
      { now: [], findings: ['connection-failed'] },
    ],
    [
      'to another endpoint',
      { connections: [connection({ endpointId: 'vpce-0e2' })] },
      { stage: 'elsewhere', now: ['update-connection'] },
    ],
    ['from another VPC', { connections: [connection({ vpcId: 'vpc-11112222' })] }, { now: ['update-connection'] }],
    [
      'to another endpoint, busy',
      { service: busy, connections: [connection({ endpointId: 'vpce-0e2' })] },
      { now: [], waits: ['service'] },
    ],
    [
      'foreign, elsewhere',
      { connections: [connection({ name: 'by-hand', endpointId: 'vpce-0e2' })] },
      { stage: 'impossible', now: [], findings: ['connection-elsewhere'] },
    ],
    ['foreign, here', { connections: [connection({ name: 'by-hand' })] }, { stage: 'open', now: [] }],
    [
      'the name is not seen',
      { answer: { vantage: 'vpc', outcome: 'nxdomain' } },
      { stage: 'connected', waits: ['dns'] },
    ],
    [
      'the name is wrong',
      { answer: { vantage: 'public', outcome: 'addresses', addresses: ['203.0.113.1'] } },
      { stage: 'connected', waits: ['dns'], findings: ['dns-wrong'] },
    ],
    [
      'the name is unobservable',
      { answer: { vantage: 'public', outcome: 'nxdomain' } },
      { stage: 'connected', waits: ['dns'], findings: ['dns-unobservable'] },
    ],
    ['the name was not asked for', { answer: undefined }, { stage: 'connected', now: [], waits: [], findings: [] }],
    ['the name is seen', {}, { stage: 'open', now: [], waits: [], findings: [] }],
  ])('%s', (_, change, expected) => expect(planned(change)).toMatchObject(expected));
});

describe('a finding about the network', () => {
  const noEndpoint = (inputs: Partial<EndpointInputs>) => ({
    network: network({ endpoints: [], endpointInputs: { ...endpointInputs, ...inputs } }),
  });
  const arn = connection().arn;
  const stranger = { outcome: 'addresses', addresses: ['203.0.113.1'] } as const;
  it.each<[string, Partial<Observed>, string, RegExp]>([
    [
      'the VPC',
      { network: network({ vpcFound: false }) },
      SERVICE_ARN,
      /^vpc-0a1b2c3d does not exist in account 123456789012, region ap-northeast-1\.$/,
    ],
    ['its subnets', noEndpoint({ subnetIds: [] }), VPC, /no subnet in ap-northeast-1a, ap-northeast-1c, where/],
    [
      'its subnets, where nothing is offered',
      noEndpoint({ subnetIds: [], offeredZones: [] }),
      VPC,
      /no subnet in any zone, where/,
    ],
    [
      'its owner',
      { network: network({ endpoints: [], vpc: { ownerId: '999999999999', dnsSupport: true } }) },
      VPC,
      /belongs to account 999999999999, the service to 123456789012/,
    ],
    [
      'its DNS',
      { network: network({ endpoints: [], vpc: { ownerId: '123456789012', dnsSupport: false } }) },
      VPC,
      /enableDnsSupport/,
    ],
    ['the endpoint', { network: of({ state: 'failed' }) }, 'vpce-0e1', /is failed\.$/],
    [
      'its security groups',
      { network: of({ allowsHttps: false }) },
      'vpce-0e1',
      /^No security group of the endpoint vpce-0e1 lets TCP 443 in/,
    ],
    ['its zones', { network: of({ interfaceCount: 1 }) }, 'vpce-0e1', /one network interface/],
    [
      'its addresses',
      { service: present({ dualStack: true }) },
      SERVICE_ARN,
      /vpce-0e1 has IPv4 addresses only, and the service is dual-stack/,
    ],
    [
      'the connection',
      { connections: [connection({ status: 'FAILED_UPDATE', name: 'by-hand' })] },
      arn,
      /by-hand is FAILED_UPDATE/,
    ],
    [
      'where it leads',
      { connections: [connection({ name: 'by-hand', endpointId: 'vpce-0e2' })] },
      arn,
      /leads to vpce-0e2 in vpc-0a1b2c3d/,
    ],
    [
      'its name, inside',
      { answer: { vantage: 'vpc', ...stranger } },
      arn,
      /asked from inside the VPC: it answers 203\.0\.113\.1/,
    ],
    [
      'its name, outside',
      { answer: { vantage: 'public', ...stranger } },
      arn,
      /asked from the internet: it answers 203\.0\.113\.1/,
    ],
    ['its name, unseen', { answer: { vantage: 'public', outcome: 'no-data' } }, arn, /cannot be seen from here/],
  ])('says what it is about: %s', (_, change, resource, message) => {
    expect(planned(change).found).toEqual([
      expect.objectContaining({ resource, message: expect.stringMatching(message) }),
    ]);
  });
});

describe('a wait for the network', () => {
  const name = { check: 'name', name: CONNECTION_NAME, probe: undefined };
  it.each<[string, Partial<Observed>, object]>([
    [
      'the endpoint',
      { network: of({ state: 'pending' }) },
      { check: 'endpoint', endpointId: 'vpce-0e1', expected: 'pending' },
    ],
    [
      'an endpoint without a name',
      { network: of({ state: 'pending', name: undefined }) },
      { check: 'endpoint', endpointId: 'vpce-0e1', expected: 'pending' },
    ],
    [
      'the connection',
      { connections: [connection({ status: 'PENDING_UPDATE' })] },
      { check: 'connection', arn: connection().arn, expected: 'PENDING_UPDATE' },
    ],
    ['the service', { service: busy, ...none }, { check: 'service', expected: 'OPERATION_IN_PROGRESS' }],
    [
      'the name',
      { answer: { vantage: 'vpc', outcome: 'nxdomain' } },
      { ...name, expected: 'nxdomain', endsAt: undefined },
    ],
    [
      'a name that cannot be seen, for its grace time',
      { answer: { vantage: 'public', outcome: 'nxdomain' } },
      { ...name, expected: 'nxdomain', endsAt: START + 5 * MINUTE },
    ],
  ])('says what is checked: %s', (_, change, check) => expect(planned(change).checks).toMatchObject([check]));

  it('asks the probe of the VPC for the name', () => {
    const probed = rules({
      networks: [
        { ...rules().networks[0], vpcId: VPC, subnetIds: [], securityGroupIds: [], allowFrom: [], probe: 'probe-arn' },
      ],
    });
    const see = observed({ answer: { vantage: 'vpc', outcome: 'nxdomain' } });
    expect(plan(planInput(wantsPrivate(), see, ledger(), { rules: probed })).waits).toMatchObject([
      { condition: { check: 'name', name: CONNECTION_NAME, probe: 'probe-arn' } },
    ]);
  });

  it('has its own grace time: a finding of another kind counts nothing', () => {
    const since = { ...finding('dns-wrong', { resource: connection().arn, message: '' }), since: START - DAY };
    const see = observed({ answer: { vantage: 'public', outcome: 'nxdomain' } });
    expect(plan(planInput(wantsPrivate(), see, ledger(), { findings: [since] })).waits).toMatchObject([
      { endsAt: START + 5 * MINUTE },
    ]);
  });
});

describe('what of the network is named and is not there', () => {
  it.each<[string, Parameters<typeof network>[0], string | undefined, string | undefined]>([
    ['the VPC', { vpcFound: false, endpoints: [] }, undefined, 'vpc-not-found'],
    ['the VPC, whatever endpoint is named', { vpcFound: false }, 'vpce-0e1', 'vpc-not-found'],
    ['the endpoint', {}, 'vpce-0e9', 'endpoint-not-found'],
    [
      'nothing: the endpoint is one of two',
      { endpoints: [endpoint(), endpoint({ id: 'vpce-0e2' })] },
      'vpce-0e2',
      undefined,
    ],
    ['nothing: no endpoint is named', { endpoints: [] }, undefined, undefined],
  ])('is %s', (_, seen, endpointId, code) => {
    const missing = missingNetwork(planInput(wantsPrivate()).service, network(seen), endpointId);
    expect(missing?.code).toBe(code);
    if (missing !== undefined) expect(missing.resource).toBe(SERVICE_ARN);
  });
});

describe('a connection that failed', () => {
  const failed = connection({ status: 'FAILED_CREATION' });
  const after = (...minutesAgo: readonly number[]) => {
    const history = minutesAgo.map((minutes) => ({
      key: 'delete-connection',
      at: START - minutes * MINUTE,
      repair: false,
    }));
    const { actions, waits, findings } = plan(
      planInput(wantsPrivate({ domains: [] }), observed({ connections: [failed], domains: {} }), ledger(), { history }),
    );
    return {
      now: actions.map(({ kind }) => kind),
      until: waits.map(({ kind, condition, endsAt }) => [kind, condition.check, endsAt]),
      codes: findings.map(({ code }) => code),
    };
  };
  const again = { now: ['delete-connection'], until: [], codes: ['connection-failed'] };
  const pausedFor = (minutes: number) => ({
    ...again,
    now: [],
    until: [['pause', 'nothing', START + minutes * MINUTE]],
  });

  it.each<[string, readonly number[], object]>([
    ['is made anew at once', [], again],
    ['is made anew two minutes later', [2], again],
    ['is left alone until then', [1], pausedFor(1)],
    ['is made anew ten minutes after that', [13, 10], again],
    ['is left alone until then, too', [13, 9], pausedFor(1)],
    [
      'is given up after the third time',
      [60, 50, 20],
      { ...again, now: [], codes: ['connection-failed', 'connection-given-up'] },
    ],
    [
      'counts what was done within a day',
      [24 * 60 - 1, 50, 20],
      { now: [], codes: ['connection-failed', 'connection-given-up'] },
    ],
    ['does not count what was done a day ago', [24 * 60, 50, 20], again],
  ])('%s', (_, minutesAgo, expected) => expect(after(...minutesAgo)).toMatchObject(expected));

  it('counts nothing else that was done', () => {
    const history = [1, 2, 3].map((minutes) => ({
      key: 'create-connection',
      at: START - minutes * MINUTE,
      repair: false,
    }));
    const input = planInput(wantsPrivate({ domains: [] }), observed({ connections: [failed], domains: {} }), ledger(), {
      history,
    });
    expect(plan(input).actions).toMatchObject([{ kind: 'delete-connection' }]);
  });
});

describe('a dual-stack service', () => {
  const dualStack = present({ dualStack: true });
  const possible = { kind: 'possible', subnetIds: ['subnet-6a', 'subnet-6c'] } as const;
  const without = (inputs: Partial<EndpointInputs>) =>
    planned({
      service: dualStack,
      network: network({ endpoints: [], endpointInputs: { ...endpointInputs, ...inputs } }),
    });

  it('gets a dual-stack endpoint', () => {
    expect(without({ dualStack: possible })).toMatchObject({
      actions: [{ kind: 'create-endpoint', subnetIds: ['subnet-6a', 'subnet-6c'], dualStack: true }],
      findings: [],
    });
  });
  it('gets another one with a finding where there can be none', () => {
    expect(without({})).toMatchObject({
      actions: [{ kind: 'create-endpoint', subnetIds: ['subnet-1a', 'subnet-1c'], dualStack: false }],
      findings: ['endpoint-not-dual-stack'],
    });
    expect(without({ securityGroupIds: [] }).findings).toEqual(['endpoint-not-dual-stack']);
  });
  it('gets a finding for an endpoint without IPv6, an IPv4 service does not', () => {
    expect(planned({ service: dualStack }).findings).toEqual(['endpoint-not-dual-stack']);
    expect(planned({ service: dualStack, network: of({ state: 'pending' }), ...none }).findings).toEqual([
      'endpoint-not-dual-stack',
    ]);
    expect(planned({ service: dualStack, network: of({ isDualStack: true }), ...none }).findings).toEqual([]);
    expect(planned({}).findings).toEqual([]);
  });
  it('an IPv4 service gets an IPv4 endpoint', () => {
    const inputs = { ...endpointInputs, dualStack: possible };
    expect(planned({ network: network({ endpoints: [], endpointInputs: inputs }) }).actions).toMatchObject([
      { kind: 'create-endpoint', subnetIds: ['subnet-1a', 'subnet-1c'], dualStack: false },
    ]);
  });
});

describe('the security group that the stack created', () => {
  it('is extended by what it lacks', () => {
    expect(planned({ network: of({ ownGroup: { id: 'sg-9', missing: ['100.64.0.0/16'] } }) }).actions).toMatchObject([
      { kind: 'extend-security-group', groupId: 'sg-9', cidrs: ['100.64.0.0/16'] },
    ]);
    expect(planned({ network: of({ ownGroup: { id: 'sg-9', missing: [] } }) }).actions).toEqual([]);
  });
});

describe('an endpoint whose rules name prefix lists that may not be read', () => {
  it('is not called closed', () => {
    const seen = of({ allowsHttps: false, unreadSources: ['pl-1'] });
    const builder = new PlanBuilder(planInput(wantsPrivate(), observed({ network: seen })));
    planNetwork(builder, seen);
    expect(builder.findings[0]?.message).toMatch(
      /^It is not known whether the security groups .*\(pl-1; ec2:GetManagedPrefixListEntries\)/,
    );
  });
});

describe('an endpoint without DNS entries', () => {
  it('is waited for until they are there', () => {
    const builder = new PlanBuilder(planInput(wantsPrivate(), observed({ network: of({ name: undefined }) })));
    planNetwork(builder, of({ name: undefined }));
    // The check returns `available` once it has them.
    expect(builder.waits).toMatchObject([{ kind: 'endpoint', expected: 'available, without DNS entries yet' }]);
    expect(endpointFingerprint(endpoint())).toBe('available');
  });
});

describe('which endpoint', () => {
  const toward = (endpointId: string) => ({ connections: [connection({ endpointId })] });
  it.each<[string, Partial<Observed>, string | undefined]>([
    [
      'the connection’s own, though another is ours',
      { network: of({ id: 'a', ours: false }, { id: 'b' }), ...toward('a') },
      undefined,
    ],
    ['ours, when there is no connection', { network: of({ id: 'a', ours: false }, { id: 'b' }), ...none }, 'b'],
    [
      'the available one, though another is ours',
      { network: of({ id: 'a', state: 'pending' }, { id: 'b', ours: false }), ...none },
      'b',
    ],
    [
      'the pending one, not the failed one',
      { network: of({ id: 'a', state: 'failed' }, { id: 'b', state: 'pending' }), ...none },
      undefined,
    ],
    [
      'away from the connection’s own when that has failed',
      { network: of({ id: 'a', state: 'failed' }, { id: 'b' }), ...toward('a') },
      'b',
    ],
    ['the first by id of two alike', { network: of({ id: 'c' }, { id: 'b' }), ...none }, 'b'],
  ])('%s', (_, change, endpointId) => {
    const [action] = planned(change).actions;
    expect(action !== undefined && 'endpointId' in action ? action.endpointId : undefined).toBe(endpointId);
    expect(planned(change).findings).not.toContain('endpoint-unusable');
  });
});

describe('a connection under the stack’s name for it', () => {
  const elsewhere = { endpointId: 'vpce-0e9' };
  const known = { endpoint: { id: 'vpce-0e9', vpcId: VPC } };

  it.each<[string, Partial<ConnectionState> | { owner: undefined }, Partial<OwnedResources>, boolean]>([
    ['with the owner tag', { owner: 'default' }, {}, true],
    ['with the tag of another installation', { owner: 'other' }, {}, false],
    ['with the tag of another installation, though the ledger knows one', { owner: 'other' }, known, false],
    ['that the ledger knows', { owner: undefined }, known, true],
    ['without a tag', { owner: undefined }, {}, false],
    ['under another name with the owner tag', { name: 'by-hand', owner: 'default' }, {}, false],
  ])('%s', (_, { owner, ...change }, ledger, isOurs) => {
    const { owner: __, ...bare } = connection({ ...elsewhere, ...change });
    const one = owner === undefined ? bare : { ...bare, owner };
    const { actions, findings } = planned({ connections: [one] }, ledger);
    expect(actions.some(({ kind }) => kind === 'update-connection')).toBe(isOurs);
    expect(findings.includes('connection-elsewhere')).toBe(!isOurs);
  });
});

describe('what is requested', () => {
  it('the endpoint is made of the materials', () => {
    expect(planned({ network: network({ endpoints: [], endpointInputs }) }).actions).toMatchObject([
      { kind: 'create-endpoint', vpcId: VPC, subnetIds: ['subnet-1a', 'subnet-1c'], securityGroupIds: ['sg-1'] },
    ]);
  });
  it('the connection has the name that follows from the service alone', () => {
    const name = connectionName(SERVICE_ARN);
    expect(name).toMatch(/^pi-[0-9a-f]{32}$/);
    expect(connectionName(`${SERVICE_ARN}x`)).not.toBe(name);
    expect(planned(none).actions).toMatchObject([
      { kind: 'create-connection', name, vpcId: VPC, endpointId: 'vpce-0e1' },
    ]);
  });
  it('one wait for a busy service, however much waits for it', () => {
    const builder = new PlanBuilder(planInput(wantsPrivate(), observed({ service: busy })));
    builder.whenIdle({ kind: 'make-private', why: '' });
    builder.whenIdle({ kind: 'associate-domain', domain: 'x', why: '' });
    expect(builder.waits).toHaveLength(1);
    expect(builder.actions).toEqual([]);
  });
});
