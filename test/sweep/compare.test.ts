import { describe, expect, it } from 'vitest';
import { currentCause } from '../../shared/cause.ts';
import type { ObservationScope } from '../../shared/observe/observe.ts';
import type { UnusedEndpoint } from '../../shared/observe/region.ts';
import type { Observed, ObservedService } from '../../shared/plan/observed.ts';
import { initialState, type ServiceRow } from '../../shared/state/row.ts';
import { type CompareDependencies, compare } from '../../shared/sweep/compare.ts';
import type { SweepTarget } from '../../shared/sweep/message.ts';
import {
  DOMAIN,
  effectivePolicy,
  ledger,
  observed,
  present,
  SERVICE_ARN,
  SERVICE_ID,
  START,
  VPC,
  wantsPrivate,
} from '../fixtures.ts';
import { StandInObserver } from '../reconcile/stand-in-observer.ts';

const HERE = '123456789012/ap-northeast-1';
/** Other services of the same account and region. */
const [A, B, C] = ['a', 'b', 'c'].map((id) => SERVICE_ARN.replace(SERVICE_ID, id.repeat(32))) as [
  string,
  string,
  string,
];
const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException', $metadata: {} });
const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $metadata: {} });
const gone = Object.assign(new Error('no such service'), { name: 'ResourceNotFoundException', $metadata: {} });

/** An account and region with these services, by ARN; one that is an error cannot be read. */
class Place extends StandInObserver {
  /** ARNs of services of which more than the tags was read. */
  readonly read: string[] = [];
  listed: readonly string[] | Error;
  connected: readonly string[] = [];
  unused: readonly UnusedEndpoint[] | Error = [];
  standing: readonly { readonly name: string; readonly serviceId: string }[] = [];
  readonly #seen: Readonly<Record<string, Observed | Error>>;

  constructor(seen: Readonly<Record<string, Observed | Error>>) {
    super();
    this.#seen = seen;
    this.listed = Object.keys(seen);
  }

  #see(arn: string): Observed {
    return given(this.#seen[arn] ?? gone);
  }
  override forManyServices = () => this;
  override now = () => START;
  override tagsFingerprint = async () => '';
  override check = async () => '';
  override services = async () => given(this.listed);
  override connectedServices = async () => this.connected;
  override associatedNames = async (arn: string) => Object.keys(this.#see(arn).domains);
  override unusedEndpoints = async () => given(this.unused);
  override claims = async () => this.standing;
  override async tags(arn: string): Promise<Readonly<Record<string, string>>> {
    const { service } = this.#see(arn);
    if (service.kind === 'deleted') throw gone;
    return service.tags;
  }
  override async service(arn: string): Promise<ObservedService> {
    this.read.push(arn);
    return this.#see(arn).service;
  }
  override world = async (_: ObservedService, { service }: ObservationScope) => this.#see(service.arn);
}

function given<Answer>(answer: Answer | Error): Answer {
  if (answer instanceof Error) throw answer;
  return answer;
}

const row = (change: Partial<ServiceRow> = {}): ServiceRow => ({
  ...initialState,
  ...{ serviceArn: SERVICE_ARN, generation: 1, seenGeneration: 1, token: undefined, updatedAt: START, requests: [] },
  ...change,
});
const domainTags = { 'private-ingress:domains': [DOMAIN] };
const ready = row({ phase: 'ready', desired: wantsPrivate({ domainTags }), ledger: ledger() });

const region = (known: readonly string[] = []): SweepTarget => ({
  ...{ kind: 'region', account: '123456789012', region: 'ap-northeast-1', services: {} },
  known,
});

function comparing(
  target: SweepTarget,
  place: Place,
  {
    rows = [],
    enforcement = 'by-tag',
    ...change
  }: Partial<CompareDependencies> & {
    readonly rows?: readonly ServiceRow[];
    readonly enforcement?: 'by-tag' | 'required' | 'ignored';
  } = {},
) {
  const { decision, ...policy } = effectivePolicy({ enforcement });
  return compare(target, {
    store: { get: async (arn) => rows.find(({ serviceArn }) => serviceArn === arn) },
    observerOf: () => place,
    inTime: (work) => work(),
    evaluatePolicy: async (_, { team = '' }) => ({ ...policy, decision: { ...decision, tags: { team } } }),
    rules: {
      hub: { account: '999999999999', region: 'eu-west-1' },
      endpointHourlyPrice: 0.014,
      ...{ installation: 'default', ownerTag: 'default' },
    },
    ...change,
  });
}

const untagged = observed({ service: present({ isPublic: true, tags: { team: 'a' } }), connections: [] });
const inSync = observed();

describe('a service without a row', () => {
  it('costs one read when it is not tagged, and is listed with the tags that the policy uses', async () => {
    const place = new Place({ [SERVICE_ARN]: untagged });
    expect(await comparing(region(), place)).toEqual({
      target: HERE,
      serviceIds: [SERVICE_ID],
      withoutRow: [{ serviceArn: SERVICE_ARN, tags: { team: 'a' } }],
      managed: 0,
      ...{ differences: [], orphans: [], claims: [], failures: [], endpoints: [] },
    });
    expect(place.read).toEqual([]);
  });

  it.each([
    ['it is tagged', inSync, {}, []],
    ['the policy requires it to be private', untagged, { enforcement: 'required' as const }, []],
    ['it has a connection', observed({ service: present({ tags: {} }) }), {}, [SERVICE_ARN]],
    ['it was just deleted', observed({ service: { kind: 'deleted' } }), {}, []],
  ])('is observed when %s', async (_, seen, more, connected) => {
    const place = new Place({ [SERVICE_ARN]: seen });
    place.connected = connected;
    const { failures, withoutRow } = await comparing(region(), place, more);
    expect(place.read).toContain(SERVICE_ARN);
    expect(withoutRow).toMatchObject([{ serviceArn: SERVICE_ARN }]);
    expect(failures).toEqual([]);
  });

  it('is listed without tags when it cannot be read: a row of it would say more', async () => {
    const { withoutRow, failures, differences } = await comparing(region(), new Place({ [SERVICE_ARN]: denied }));
    expect(withoutRow).toEqual([{ serviceArn: SERVICE_ARN }]);
    expect(failures).toMatchObject([{ code: 'permission-missing', resource: SERVICE_ARN }]);
    expect(differences).toEqual([]);
  });
});

describe('a service that is compared counts as managed', () => {
  it.each<[string, number, Observed, Partial<ServiceRow> | undefined, 'by-tag' | 'ignored']>([
    ['when it is to be private', 1, inSync, ready, 'by-tag'],
    ['when there is something to do', 1, observed({ service: { kind: 'deleted' }, connections: [] }), ready, 'by-tag'],
    ['when the policy does not manage it any more', 1, inSync, ready, 'ignored'],
    [
      'not when it is released',
      0,
      observed({ service: present({ tags: { 'private-ingress': 'released' } }) }),
      {},
      'by-tag',
    ],
  ])('%s: %i', async (_, managed, seen, known, enforcement) => {
    const place = new Place({ [SERVICE_ARN]: seen });
    expect(await comparing(region(), place, { rows: [row(known)], enforcement })).toMatchObject({ managed });
  });
});

describe('an account and region', () => {
  it('is compared as a whole: services that are listed, that have a row, and that have a connection, each once', async () => {
    const place = new Place({ [C]: untagged, [B]: observed({ service: present({ tags: {} }) }) });
    place.connected = [B];
    const { serviceIds, differences, failures } = await comparing(region([C, A]), place, {
      rows: [row({ serviceArn: A, phase: 'ready', desired: wantsPrivate() })],
    });
    expect([...serviceIds].sort()).toEqual(['a', 'b', 'c'].map((id) => id.repeat(32)));
    expect(failures).toMatchObject([{ resource: A, message: expect.stringContaining('no such service') }]);
    expect(differences.map(({ serviceArn }) => serviceArn)).toContain(A);
  });

  it('answers in the order of the ARNs, whatever ends first', async () => {
    const place = new Place({ [C]: inSync, [A]: inSync, [B]: inSync });
    const { differences, withoutRow } = await comparing(region(), place);
    expect(differences.map(({ serviceArn }) => serviceArn)).toEqual([A, B, C]);
    expect(withoutRow.map(({ serviceArn }) => serviceArn)).toEqual([A, B, C]);
  });

  it('has the endpoints in use, and as orphans those of the stack that none uses, with their price', async () => {
    const place = new Place({ [SERVICE_ARN]: inSync });
    place.unused = [{ id: 'vpce-0f2', vpcId: 'vpc-0f', interfaceCount: 3 }];
    const { endpoints, orphans } = await comparing(region(), place, { rows: [ready] });
    expect(endpoints).toEqual([
      { id: 'vpce-0e1', vpcId: VPC, interfaces: 2 },
      { id: 'vpce-0f2', vpcId: 'vpc-0f', interfaces: 3 },
    ]);
    const message =
      'No service uses vpce-0f2 in vpc-0f (123456789012, ap-northeast-1): 3 interfaces × 0.014 USD/h, 30.66 USD a month.';
    expect(orphans).toEqual([{ kind: 'endpoint-unused', resource: 'vpce-0f2', place: HERE, message }]);
  });

  it('whose endpoints cannot be read is compared all the same, with a failure', async () => {
    const place = new Place({ [SERVICE_ARN]: inSync });
    place.unused = denied;
    const { failures, managed } = await comparing(region(), place, { rows: [ready] });
    expect(failures).toMatchObject([{ code: 'permission-missing', resource: HERE }]);
    expect(managed).toBe(1);
  });

  it.each([
    [denied, 'permission-missing', undefined],
    [throttled, 'throttled', true],
  ])('whose services cannot be listed is a failure, and never in sync: %s', async (error, code, isThrottled) => {
    const place = new Place({});
    place.listed = error;
    const { failures, differences } = await comparing(region([SERVICE_ARN]), place);
    expect(failures).toMatchObject([{ code, resource: HERE }]);
    expect(differences).toEqual([
      expect.objectContaining({ serviceArn: SERVICE_ARN, would: 'refresh', phase: 'unknown' }),
    ]);
    expect(differences[0]?.isThrottled).toBe(isThrottled);
  });
});

describe('a service with a row', () => {
  it('that cannot be read is reconciled, which reports it where people look', async () => {
    const place = new Place({ [SERVICE_ARN]: denied });
    const { differences, withoutRow } = await comparing(region([SERVICE_ARN]), place, { rows: [ready] });
    expect(differences).toMatchObject([{ would: 'refresh', what: [expect.stringContaining('not authorized')] }]);
    expect(withoutRow).toEqual([]);
  });

  it('that is in sync has no difference, and no entry among those without a row', async () => {
    const place = new Place({ [SERVICE_ARN]: inSync });
    const { differences, withoutRow, failures } = await comparing(region([SERVICE_ARN]), place, { rows: [ready] });
    expect([differences, withoutRow, failures]).toEqual([[], [], []]);
  });

  it('that cannot be parsed is a failure, and nothing is read in its place', async () => {
    const place = new Place({ [SERVICE_ARN]: inSync });
    const rows = [{ ...ready, unreadable: 'phase: invalid' }];
    const { failures } = await comparing(region([SERVICE_ARN]), place, { rows });
    expect(failures).toMatchObject([{ message: expect.stringContaining('The row cannot be read: phase: invalid.') }]);
    expect(place.read).toEqual([]);
  });

  it.each([
    [{ denied: true } as const, 'permission-missing'],
    [{}, 'unavailable'],
  ])('whose name could not be asked for %j is in sync as far as seen, with a failure', async (more, code) => {
    const answer = { vantage: 'vpc', outcome: 'failed', reason: 'no answer', ...more } as const;
    const place = new Place({ [SERVICE_ARN]: observed({ answer }) });
    const { failures } = await comparing(region([SERVICE_ARN]), place, { rows: [ready] });
    expect(failures).toEqual([{ code, resource: SERVICE_ARN, message: 'no answer' }]);
  });

  it('has its time, and its ARN on every line that is logged meanwhile', async () => {
    const place = new Place({ [A]: inSync, [B]: inSync });
    const causes: unknown[] = [];
    const { failures } = await comparing(region(), place, {
      inTime: (work) => {
        causes.push(currentCause().serviceArn);
        return currentCause().serviceArn === A ? Promise.reject(new Error('out of time')) : work();
      },
    });
    expect(causes).toEqual([A, B]);
    expect(failures).toMatchObject([{ resource: A, message: expect.stringContaining('out of time') }]);
  });
});

describe('a hosted zone', () => {
  const zone: SweepTarget = { kind: 'zone', zoneId: 'Z1', elsewhere: ['elsewhere'] };

  it('has the ownership records of services in scope, read from the account and region of the stack', async () => {
    const place = new Place({});
    place.standing = [
      { name: '_private-ingress.a.example.com', serviceId: 'somewhere' },
      { name: '_private-ingress.b.example.com', serviceId: 'elsewhere' },
    ];
    const places: unknown[] = [];
    const observerOf: CompareDependencies['observerOf'] = (from) => {
      places.push(from);
      return place;
    };
    expect(await comparing(zone, place, { observerOf })).toMatchObject({
      target: 'Z1',
      claims: [{ zoneId: 'Z1', name: '_private-ingress.a.example.com', serviceId: 'somewhere' }],
      failures: [],
    });
    expect(places).toEqual([{ account: '999999999999', region: 'eu-west-1' }]);
  });

  it('that cannot be read is a failure, and no service is reconciled for it', async () => {
    const place = new Place({});
    const observerOf = () => {
      place.claims = () => Promise.reject(denied);
      return place;
    };
    expect(await comparing(zone, place, { observerOf })).toMatchObject({
      differences: [],
      failures: [{ code: 'permission-missing', resource: 'Z1' }],
    });
  });
});
