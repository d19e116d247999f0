import { describe, expect, it } from 'vitest';
import type { ObservationScope } from '../../shared/observe/observe.ts';
import type { OwnedResources } from '../../shared/plan/ledger.ts';
import type { Observed, ObservedService } from '../../shared/plan/observed.ts';
import type { EffectivePolicy } from '../../shared/policy/effective-policy.ts';
import {
  type KnownState,
  observeAndPlan,
  pastStateOf,
  relevantHistory,
} from '../../shared/reconcile/observe-and-plan.ts';
import { initialState } from '../../shared/state/row.ts';
import {
  connection,
  DOMAIN,
  effectivePolicy,
  ledger,
  observed,
  present,
  rules,
  START,
  service,
  VPC,
  wantsDetached,
  wantsPrivate,
  writtenDomain,
} from '../fixtures.ts';
import { StandInObserver } from './stand-in-observer.ts';

/** What exists, and what was asked of it. */
class World extends StandInObserver {
  readonly scopes: ObservationScope[] = [];
  readonly #seen: Observed;
  constructor(seen: Observed) {
    super();
    this.#seen = seen;
  }
  override now = () => START;
  override service = async () => this.#seen.service;
  override tagsFingerprint = async () => '';
  override check = async () => '';
  override associatedNames = async () => Object.keys(this.#seen.domains);
  /** Domains that are not asked about are not read, nor is a VPC. */
  override async world(_: ObservedService, scope: ObservationScope): Promise<Observed> {
    this.scopes.push(scope);
    const asked = [...scope.domains, ...Object.keys(scope.ledger.domains)];
    const domains = Object.fromEntries(Object.entries(this.#seen.domains).filter(([name]) => asked.includes(name)));
    return { ...this.#seen, domains, network: scope.network === undefined ? undefined : this.#seen.network };
  }
}

const known = (change: Partial<KnownState> = {}): KnownState => ({ ...initialState, ...change });
async function look(seen: Observed, state: KnownState = known(), policy: Partial<EffectivePolicy> = {}) {
  const world = new World(seen);
  const { scopes } = world;
  return { scopes, ...(await observeAndPlan(service, state, world, async () => effectivePolicy(policy))) };
}

const tagged = (tags: Readonly<Record<string, string>>, change: Partial<Observed> = {}) =>
  observed({ ...change, service: present({ tags }) });
const untagged = tagged({});
const endpoint = { id: 'vpce-0e1', vpcId: VPC };
const empty: OwnedResources = { madePrivate: false, domains: {} };

describe('what is observed of a service', () => {
  it('that is to be private: its VPC, its names, and the zones that its tag prefers', async () => {
    const tags = { ...present().tags, 'private-ingress:zone': 'Z1 Z2' };
    const { scopes } = await look(tagged(tags), known({ ledger: ledger() }));
    expect(scopes).toEqual([
      {
        ...{ service, installation: 'default', ownerTag: 'default', keeps: true, ledger: ledger() },
        network: { vpcId: VPC, subnetIds: [], securityGroupIds: [], allowFrom: [] },
        allowedZones: ['ZPUBLIC', 'ZPRIVATE'],
        domains: [DOMAIN],
        zones: ['Z1', 'Z2'],
      },
    ]);
    expect((await look(observed())).scopes).toMatchObject([{ zones: [] }]);
  });

  it.each([
    ['a VPC that is not allowed any more', { ...endpoint, vpcId: 'vpc-11111111' }, 'vpc-11111111'],
    ['the VPC of its endpoint', endpoint, VPC],
  ])('that is detached: %s, since what stands there has to go', async (_, used, vpcId) => {
    const state = known({ desired: wantsPrivate(), ledger: ledger({ endpoint: used }) });
    const policy = { rules: rules({ otherVpcs: undefined }) };
    const { scopes } = await look(tagged({ 'private-ingress': 'disabled' }), state, policy);
    expect(scopes).toMatchObject([
      { network: { vpcId, subnetIds: [], securityGroupIds: [], allowFrom: [] }, keeps: false, domains: [], zones: [] },
    ]);
  });

  it('that is detached and never had an endpoint: no VPC', async () => {
    const { scopes } = await look(tagged({ 'private-ingress': 'disabled' }), known({ desired: wantsPrivate() }));
    expect(scopes).toMatchObject([{ network: undefined }]);
  });

  it.each(['released', 'maybe'])('that is left alone: nothing but the service (%s)', async (value) => {
    const seen = tagged({ 'private-ingress': value });
    const { scopes, observed: found } = await look(seen);
    expect(scopes).toEqual([]);
    expect(found).toEqual({
      ...{ at: START, service: seen.service, network: undefined, connections: [] },
      ...{ domains: {}, answer: undefined, httpsChecks: {} },
    });
  });

  it('that is deleted: what is left, by the tags that were known', async () => {
    const evaluated: unknown[] = [];
    const state = known({ desired: wantsPrivate(), ledger: ledger(), tags: { stage: 'prod' } });
    const world = new World(observed({ service: { kind: 'deleted' }, connections: [] }));
    const { desire, plan, tagsSeen } = await observeAndPlan(service, state, world, async (_, tags) => {
      evaluated.push(tags);
      return effectivePolicy();
    });
    expect(evaluated).toEqual([{ stage: 'prod' }]);
    expect(desire.desired).toEqual(wantsDetached({ reason: 'service-deleted' }));
    expect(plan.actions.map(({ kind }) => kind)).toContain('change-records');
    expect(tagsSeen).toBe('');
  });
});

describe('what the stack wrote, where the row was lost', () => {
  const lost = known({ ledger: empty });

  it('is learned again from what exists, at the first look only', async () => {
    const { ledger: learned } = await look(observed(), lost);
    expect(learned).toMatchObject({ endpoint, domains: { [DOMAIN]: { relearned: true } } });
    for (const more of [
      { desired: wantsPrivate() },
      // It is not lost.
      { unreadable: 'phase: invalid' },
      // The first reconciliation died before it could save more.
      { ledger: { ...empty, names: [DOMAIN] } },
    ])
      expect((await look(observed(), { ...lost, ...more })).ledger.domains).toEqual({});
  });

  it('is not learned from the ownership record of another installation', async () => {
    const { ledger: learned } = await look(observed(), lost, { rules: rules({ installation: 'another' }) });
    expect(learned.domains).toEqual({});
  });

  it('is looked for where nothing wants the service to be private, if the stack made its connection', async () => {
    const { scopes, ledger: learned, desire } = await look(untagged, lost);
    expect(learned).toMatchObject({ endpoint, domains: { [DOMAIN]: { relearned: true } } });
    // A lost tag has its grace time then.
    expect(desire).toMatchObject({ desired: { kind: 'unclear' }, findings: [{ code: 'tag-missing' }] });
    const scope = { service, installation: 'default', ownerTag: 'default', ledger: empty, zones: [], keeps: false };
    const allowedZones = ['ZPUBLIC', 'ZPRIVATE'];
    expect(scopes).toEqual([
      { ...scope, allowedZones, network: undefined, domains: [] },
      {
        ...{ ...scope, allowedZones, domains: [DOMAIN] },
        network: { vpcId: VPC, subnetIds: [], securityGroupIds: [], allowFrom: [] },
      },
    ]);
  });

  it.each<[string, Observed, KnownState, number]>([
    ['of another owner', tagged({}, { connections: [connection({ owner: 'another' })] }), lost, 1],
    ['without an owner', tagged({}, { connections: [] }), lost, 1],
    ['of a public service', observed({ service: present({ tags: {}, isPublic: true }) }), lost, 0],
    ['of a service that was seen before', untagged, { ...lost, desired: { kind: 'unmanaged' } }, 0],
  ])('is nothing where the connection is one %s', async (_, seen, state, looks) => {
    const { scopes, ledger: learned, desire } = await look(seen, state);
    expect(learned).toEqual(empty);
    expect(desire).toMatchObject({ desired: { kind: 'unmanaged' }, findings: [] });
    expect(scopes).toHaveLength(looks);
  });
});

describe('what is known from before', () => {
  it.each<[string, Partial<OwnedResources>, object]>([
    ['nothing', {}, { ownsAnything: false, ownsConnection: false }],
    ['it made the service private', { madePrivate: true }, { ownsAnything: true }],
    ['it wrote for a domain', { domains: { [DOMAIN]: writtenDomain() } }, { ownsAnything: true }],
    ['it made the connection', { endpoint }, { ownsAnything: false, ownsConnection: true }],
    [
      'another owner made the connection',
      { endpoint, foreignConnection: { arn: 'arn', name: 'theirs' } },
      { ownsConnection: false },
    ],
  ])('of the stack: %s', (_, owned, expected) => {
    expect(pastStateOf(known({ ledger: { ...empty, ...owned } }))).toMatchObject(expected);
  });

  const request = (at: number) => ({ at, by: 'arn:me', what: 'requested' });
  it.each([
    ['counts', [], START],
    ['counts after what a person asked for', [request(START - 1)], START],
    ['is over once a person asks at the same time', [request(START)], undefined],
    ['is over once a person asks again', [request(START - 2), request(START + 1)], undefined],
    ['counts after all that people asked for', [request(START + 1), request(START - 1)], START],
  ])('a deletion that was refused %s', (_, requests, expected) => {
    expect(pastStateOf(known({ requests, deletionRefusedAt: START })).deletionRefusedAt).toBe(expected);
    expect(pastStateOf(known({ requests })).deletionRefusedAt).toBeUndefined();
  });

  const done = (repair: boolean) => ({ key: 'make-private', at: START, repair });
  it('attempts begin anew with another desire, repairs do not', () => {
    expect(relevantHistory([done(true), done(false)], true)).toEqual([done(true), done(false)]);
    expect(relevantHistory([done(true), done(false)], false)).toEqual([done(true)]);
  });

  const verified = { kind: 'verified', at: START, verifiedAt: START } as const;
  it.each<[string, Partial<KnownState>, readonly string[]]>([
    ['that answered before is reported', { proof: verified }, ['no-longer-verified']],
    ['that never answered is waited for', { proof: { kind: 'unverified', at: START } }, []],
    ['that answered under another desire is waited for', { proof: verified, desired: wantsPrivate() }, []],
  ])('a service whose name has gone out of DNS, %s', async (_, change, codes) => {
    const seen = observed({ answer: { vantage: 'vpc', outcome: 'nxdomain' }, httpsChecks: {} });
    const desired = wantsPrivate({ domainTags: { 'private-ingress:domains': [DOMAIN] } });
    const { plan } = await look(seen, known({ desired, ledger: ledger(), ...change }));
    expect(plan.findings.map(({ code }) => code)).toEqual(codes);
  });
});

it.each([
  ['required', ['create-connection']],
  ['by-tag', []],
] as const)(
  'a service that is %s to be private is so whatever endpoint its tag names',
  async (enforcement, actions) => {
    const seen = tagged(
      { 'private-ingress': 'enabled', 'private-ingress:endpoint': 'vpce-99999999' },
      { connections: [] },
    );
    const { plan } = await look(seen, known(), { enforcement });
    expect(plan.actions.map(({ kind }) => kind)).toEqual(actions);
  },
);
