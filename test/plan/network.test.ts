import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../shared/duration.ts';
import { connectionName } from '../../shared/plan/connection-owner.ts';
import { emptyLedger, type OwnedResources } from '../../shared/plan/ledger.ts';
import { planMove } from '../../shared/plan/move.ts';
import { planNetwork } from '../../shared/plan/network.ts';
import type { ConnectionState, EndpointInputs, Observed } from '../../shared/plan/observed.ts';
import { plan } from '../../shared/plan/plan.ts';
import { PlanBuilder } from '../../shared/plan/plan-builder.ts';
import {
  connection,
  endpoint,
  endpointInputs,
  ledger,
  network,
  observed,
  planInput,
  present,
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
      { now: ['create-security-group'] },
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
    ['pending', { network: of({ state: 'pending' }) }, { now: [], waits: ['endpoint'] }],
    ['pending acceptance', { network: of({ state: 'pendingacceptance' }) }, { waits: ['endpoint'] }],
    ['deleting', { network: of({ state: 'deleting' }) }, { now: [], waits: ['endpoint'] }],
    ['available, without a name yet', { network: of({ name: undefined }) }, { now: [], waits: ['endpoint'] }],
    ['failed', { network: of({ state: 'failed' }) }, { now: [], waits: [], findings: ['endpoint-unusable'] }],
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
      { now: [], findings: ['connection-elsewhere'] },
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
    ['the name is seen', {}, { stage: 'open', now: [], waits: [], findings: [] }],
  ])('%s', (_, change, expected) => expect(planned(change)).toMatchObject(expected));
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
      until: waits.map(({ kind, endsAt }) => [kind, endsAt]),
      codes: findings.map(({ code }) => code),
    };
  };
  const again = { now: ['delete-connection'], until: [], codes: ['connection-failed'] };
  const pausedFor = (minutes: number) => ({ ...again, now: [], until: [['pause', START + minutes * MINUTE]] });

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
