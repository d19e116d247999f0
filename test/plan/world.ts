import fc from 'fast-check';
import type { ExecutionOutcome } from '../../shared/execute/outcome.ts';
import type { ObservationScope } from '../../shared/observe/observe.ts';
import type { Action } from '../../shared/plan/action.ts';
import { type OwnedResources, ownedDomain } from '../../shared/plan/ledger.ts';
import type {
  Association,
  ConnectionState,
  DomainState,
  EndpointState,
  NameAnswer,
  Observed,
  ObservedService,
} from '../../shared/plan/observed.ts';
import { allowedNames, isAllowedZone } from '../../shared/policy/rules.ts';
import { isAllowedName, ownershipName } from '../../shared/records/names.ts';
import { readClaim } from '../../shared/records/ownership.ts';
import { type RecordSet, sameRecord } from '../../shared/records/record-set.ts';
import { trafficZones, validationZones, type Zone } from '../../shared/records/zones.ts';
import {
  addressRecord,
  cname,
  connection,
  endpoint,
  endpointInputs,
  owner,
  ownTxt,
  present,
  privateZone,
  publicZone,
  rules,
  START,
} from '../fixtures.ts';

/** How a world is when the product first sees it. Everything in it is foreign, except what is called `ours`. */
export interface Setup {
  readonly status: 'RUNNING' | 'PAUSED' | 'OPERATION_IN_PROGRESS' | 'CREATE_FAILED';
  readonly isPublic: boolean;
  /** Older than an hour: it is cut only when every later step is possible. */
  readonly isLive: boolean;
  /** The role may not create connections. */
  readonly deniesConnection: boolean;
  readonly dualStack: boolean;
  readonly restorePublic: boolean;
  readonly vpcFound: boolean;
  readonly endpoint: 'none' | 'ours' | 'by-hand' | 'pending' | 'failed' | 'closed';
  readonly hasGroup: boolean;
  readonly hasSubnets: boolean;
  readonly connection: 'none' | 'ours' | 'by-hand' | 'elsewhere' | 'ours-elsewhere' | 'pending' | 'failed';
  readonly dns: 'seen-in-vpc' | 'seen-publicly' | 'unobservable';
  readonly domains: readonly string[];
  readonly hasPrivateZone: boolean;
  readonly hasSubZone: boolean;
  /** By hand, before. */
  readonly associated: readonly string[];
  readonly existing: readonly { readonly zoneId: string; readonly record: RecordSet }[];
}

const DOMAINS = ['app.example.com', 'api.example.com', '*.example.com', 'example.com', 'x.sub.example.com'];
const subZone: Zone = { id: 'ZSUB', name: 'sub.example.com', visibility: 'public', vpcIds: [] };
const neighbour: Zone = { id: 'ZNEAR', name: 'ample.com', visibility: 'public', vpcIds: [] };

const validationOf = (domain: string) => {
  const base = domain.replace(/^\*\./, '');
  return { name: `_v.${base}`, value: `_t.${base}.acm-validations.aws.` };
};

const strangers = fc.constantFrom(...DOMAINS).chain((domain) => {
  const { name, value } = validationOf(domain);
  const others = {
    ...ownTxt(domain),
    content: { kind: 'values', ttl: 60, values: ['"v=1 owner=other service=x"'] },
  } as const;
  return fc.record({
    zoneId: fc.constantFrom('ZPUBLIC', 'ZPRIVATE'),
    record: fc.constantFrom<RecordSet>(
      addressRecord(domain, '192.0.2.1'),
      { ...addressRecord(domain, '192.0.2.1'), setIdentifier: 'blue' },
      cname(domain, 'elsewhere.test.'),
      others,
      cname(name, value, 60),
      cname(name, 'elsewhere.test.'),
      addressRecord(`www.${domain.replace(/^\*\./, '')}`, '192.0.2.2'),
      { ...addressRecord(domain, '192.0.2.1'), type: 'MX' },
    ),
  });
});

export const setups: fc.Arbitrary<Setup> = fc.record({
  status: fc.oneof(
    { weight: 5, arbitrary: fc.constant('RUNNING' as const) },
    { weight: 3, arbitrary: fc.constantFrom('PAUSED' as const, 'OPERATION_IN_PROGRESS' as const) },
    { weight: 1, arbitrary: fc.constant('CREATE_FAILED' as const) },
  ),
  isPublic: fc.boolean(),
  isLive: fc.boolean(),
  deniesConnection: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  dualStack: fc.boolean(),
  restorePublic: fc.boolean(),
  vpcFound: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  endpoint: fc.constantFrom('none', 'ours', 'by-hand', 'pending', 'failed', 'closed'),
  hasGroup: fc.boolean(),
  hasSubnets: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  connection: fc.constantFrom(
    'none',
    'none',
    'none',
    'ours',
    'by-hand',
    'elsewhere',
    'ours-elsewhere',
    'pending',
    'failed',
  ),
  dns: fc.constantFrom('seen-in-vpc', 'seen-publicly', 'unobservable'),
  domains: fc.subarray(DOMAINS, { maxLength: 4 }),
  hasPrivateZone: fc.boolean(),
  hasSubZone: fc.boolean(),
  associated: fc.subarray(DOMAINS, { maxLength: 2 }),
  existing: fc.array(strangers, { maxLength: 4 }),
});

/** Milliseconds. */
const LIVE_AGE = 2 * 3600_000;
const LATER = {
  operation: 60_000,
  endpoint: 30_000,
  connection: 30_000,
  dns: 20_000,
  validationShown: 5000,
  certificate: 60_000,
  gone: 20_000,
};

interface Associated {
  status: string;
  readonly byHand: boolean;
  validationShown: boolean;
}

/** AWS and DNS as far as one service sees them, with real states on a clock that is moved by hand. */
export class PlanWorld {
  now = START;
  /** Asked of the product by tag. */
  tag: 'enabled' | 'disabled' = 'enabled';
  /** What the product did that it must not. */
  readonly violations: string[] = [];
  /** Actions carried out. */
  done = 0;
  /** What is noted in the product's row, for judging what it deletes. */
  noted: OwnedResources = { madePrivate: false, domains: {} };

  readonly setup: Setup;
  #status: Setup['status'];
  /** The status when it was last read. */
  #seen: Setup['status'];
  #isPublic: boolean;
  #groups: readonly string[];
  #endpoints: EndpointState[];
  #connection: ConnectionState | undefined;
  #answersFrom = Number.POSITIVE_INFINITY;
  #unobservableSince: number | undefined;
  readonly #associations = new Map<string, Associated>();
  readonly #zones: readonly Zone[];
  readonly #records = new Map<string, readonly RecordSet[]>();
  readonly #strangers: readonly { readonly zoneId: string; readonly record: RecordSet }[];
  #tasks: { readonly at: number; readonly run: () => void }[] = [];

  constructor(setup: Setup) {
    this.setup = setup;
    this.#status = setup.status;
    this.#seen = setup.status;
    this.#isPublic = setup.isPublic;
    this.#groups = setup.hasGroup ? ['sg-1'] : [];
    this.#zones = [
      publicZone,
      neighbour,
      ...(setup.hasPrivateZone ? [privateZone] : []),
      ...(setup.hasSubZone ? [subZone] : []),
    ];
    for (const { id } of this.#zones) this.#records.set(id, []);
    for (const { zoneId, record } of setup.existing) {
      // As in any zone: one record set per name, type and identifier, and nothing beside a CNAME.
      const there = this.#records.get(zoneId)?.filter(({ name }) => name === record.name);
      if (
        there === undefined ||
        there.some(({ type }) => type === record.type || type === 'CNAME' || record.type === 'CNAME')
      )
        continue;
      this.#put(zoneId, [...this.#in(zoneId), record]);
    }
    this.#strangers = [...this.#records].flatMap(([zoneId, records]) => records.map((record) => ({ zoneId, record })));
    this.#endpoints = this.#firstEndpoints();
    this.#connection = this.#firstConnection();
    if (this.#connection?.status === 'AVAILABLE') this.#answersFrom = START;
    if (setup.status === 'OPERATION_IN_PROGRESS') this.#later(LATER.operation, () => this.#idle());
    for (const domain of setup.associated) this.#associate(domain, true);
  }

  #firstEndpoints(): EndpointState[] {
    const { endpoint: kind } = this.setup;
    if (kind === 'none' || !this.setup.vpcFound) return [];
    if (kind === 'pending') this.#later(LATER.endpoint, () => this.#endpointUp());
    const states = {
      pending: 'pending',
      failed: 'failed',
      ours: 'available',
      'by-hand': 'available',
      closed: 'available',
    };
    return [endpoint({ state: states[kind], ours: kind !== 'by-hand', allowsHttps: kind !== 'closed' })];
  }

  #firstConnection(): ConnectionState | undefined {
    const { connection: kind } = this.setup;
    switch (kind) {
      case 'none':
        return undefined;
      case 'ours':
        return connection();
      case 'by-hand':
        return connection({ name: 'by-hand' });
      case 'elsewhere':
        return connection({ name: 'by-hand', vpcId: 'vpc-11112222', endpointId: 'vpce-0e9' });
      case 'ours-elsewhere':
        return connection({ endpointId: 'vpce-0e9' });
      case 'failed':
        return connection({ status: 'FAILED_CREATION' });
      case 'pending':
        this.#later(LATER.connection, () => this.#connected());
        return connection({ status: 'PENDING_CREATION' });
    }
  }

  /** Moves time on, with all that falls due. */
  advance(milliseconds: number): void {
    const until = this.now + milliseconds;
    for (;;) {
      const next = this.#tasks.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#tasks = this.#tasks.filter((task) => task !== next);
      this.now = next.at;
      next.run();
    }
    this.now = until;
  }

  #later(milliseconds: number, run: () => void): void {
    this.#tasks.push({ at: this.now + milliseconds, run });
  }

  #in(zoneId: string): readonly RecordSet[] {
    return this.#records.get(zoneId) ?? [];
  }

  #put(zoneId: string, records: readonly RecordSet[]): void {
    this.#records.set(zoneId, records);
    for (const [domain, one] of this.#associations) this.#validate(domain, one);
  }

  #idle(): void {
    this.#status = 'RUNNING';
  }

  #endpointUp(): void {
    this.#endpoints = this.#endpoints.map((one) => ({ ...one, state: 'available' }));
  }

  #connected(): void {
    if (this.#connection !== undefined) this.#connection = { ...this.#connection, status: 'AVAILABLE' };
    this.#answersFrom = this.now + LATER.dns;
  }

  #associate(domain: string, byHand: boolean): void {
    const one: Associated = { status: 'creating', byHand, validationShown: false };
    this.#associations.set(domain, one);
    this.#later(LATER.validationShown, () => {
      if (one.status === 'creating') one.status = 'pending_certificate_dns_validation';
      one.validationShown = true;
      this.#validate(domain, one);
    });
  }

  #validate(domain: string, one: Associated): void {
    const wanted = validationOf(domain);
    const [zone] = validationZones(domain, this.#zones);
    const stands = this.#in(zone?.id ?? '').some(
      ({ name, content }) => name === wanted.name && content.kind === 'values' && content.values.includes(wanted.value),
    );
    if (!stands || one.status !== 'pending_certificate_dns_validation') return;
    one.status = 'binding_certificate';
    this.#later(LATER.certificate, () => {
      if (one.status === 'binding_certificate') one.status = 'active';
    });
  }

  /** The service as it would be described. */
  service(): ObservedService & { kind: 'present' } {
    return present({
      status: this.#status,
      isPublic: this.#isPublic,
      createdAt: START - (this.setup.isLive ? LIVE_AGE : 0),
      dualStack: this.setup.dualStack,
      tags: {
        'private-ingress': this.tag,
        'private-ingress:domains': this.setup.domains.map((name) => name.replace(/^\*/, '_wildcard')).join(' '),
      },
    });
  }

  #answer(): NameAnswer {
    const vantage = this.setup.dns === 'seen-in-vpc' ? 'vpc' : 'public';
    const seen = this.setup.dns !== 'unobservable' && this.now >= this.#answersFrom;
    if (!seen) return { vantage, outcome: 'nxdomain' };
    return { vantage, outcome: 'addresses', addresses: this.#endpoints[0]?.addresses ?? [] };
  }

  /** What `Observer.world` would tell. */
  observe(scope: ObservationScope): Observed {
    this.#seen = this.#status;
    const names = [...new Set([...scope.domains, ...Object.keys(scope.ledger.domains)])];
    const vpcId = scope.network?.vpcId;
    const available = this.#connection?.status === 'AVAILABLE' && vpcId !== undefined;
    if (!available) this.#unobservableSince = undefined;
    else if (this.setup.dns !== 'seen-in-vpc' && this.#answer().outcome === 'nxdomain')
      this.#unobservableSince ??= this.now;
    return {
      at: this.now,
      service: this.service(),
      network:
        vpcId === undefined
          ? undefined
          : {
              vpcId,
              vpcFound: this.setup.vpcFound,
              endpoints: this.#endpoints,
              endpointInputs: {
                ...endpointInputs,
                subnetIds: this.setup.hasSubnets ? endpointInputs.subnetIds : [],
                securityGroupIds: this.#groups,
              },
            },
      connections: this.#connection === undefined ? [] : [this.#connection],
      domains: Object.fromEntries(names.map((name) => [name, this.#domain(name, scope)])),
      answer: available ? this.#answer() : undefined,
      httpsChecks: {},
    };
  }

  #domain(name: string, { network: rule, domains, ledger }: ObservationScope): DomainState {
    const vpcId = rule?.vpcId;
    const own = ownedDomain(ledger, name);
    const association = this.#reported(name, vpcId);
    const zones = domains.length === 0 ? [] : this.#zones;
    const traffic = vpcId === undefined ? undefined : trafficZones(name, vpcId, zones)[0];
    const [validation] = validationZones(name, zones);
    const zoneIds = new Set([
      ...(traffic === undefined ? [] : [traffic.id]),
      ...own.records.map(({ zoneId }) => zoneId),
    ]);
    const wanted = [
      ...(association?.validation ?? []).map((one) => one.name),
      ...own.validation.map(({ record }) => record.name),
    ];
    const asked = new Set([
      ...zoneIds,
      ...(validation === undefined ? [] : [validation.id]),
      ...own.validation.map(({ zoneId }) => zoneId),
    ]);
    return {
      trafficZone: traffic,
      validationZone: validation,
      association,
      records: Object.fromEntries(
        [...zoneIds].map((zoneId) => [
          zoneId,
          {
            at: this.#in(zoneId).filter((record) => record.name === name),
            txt: this.#in(zoneId).find((record) => record.name === ownershipName(name) && record.type === 'TXT'),
          },
        ]),
      ),
      validation: Object.fromEntries(
        [...asked].map((zoneId) => [zoneId, this.#in(zoneId).filter((record) => wanted.includes(record.name))]),
      ),
    };
  }

  #reported(name: string, vpcId: string | undefined): Association | undefined {
    const one = this.#associations.get(name);
    if (one === undefined) return undefined;
    const target = this.#connection?.vpcId === vpcId ? this.#connection?.domainName : undefined;
    return { status: one.status, validation: one.validationShown ? [validationOf(name)] : [], target };
  }

  /** What AWS would do, and whether the product was right to ask for it. */
  execute(action: Action): ExecutionOutcome {
    const appRunner = !['change-records', 'create-endpoint', 'create-security-group'].includes(action.kind);
    if (appRunner && this.#seen === 'OPERATION_IN_PROGRESS') this.#violate(`${action.kind} while the service is busy`);
    // It may have become busy since, by an action of the same plan.
    if (appRunner && this.#status === 'OPERATION_IN_PROGRESS')
      return { kind: 'retry', reason: 'InvalidStateException' };
    const updates = action.kind === 'make-private' || action.kind === 'make-public';
    if (updates && this.#status === 'CREATE_FAILED') this.#violate(`${action.kind} of a CREATE_FAILED service`);
    const outcome = this.#carryOut(action);
    if (outcome.kind === 'done') this.done++;
    return outcome;
  }

  #violate(what: string): void {
    this.violations.push(what);
  }

  #carryOut(action: Action): ExecutionOutcome {
    const done: ExecutionOutcome = { kind: 'done' };
    switch (action.kind) {
      case 'create-security-group':
        this.#groups = ['sg-new'];
        return done;
      case 'create-endpoint':
        if (this.#endpoints.length > 0) this.#violate('a second endpoint');
        this.#endpoints = [endpoint({ state: 'pending', name: undefined })];
        this.#later(LATER.endpoint, () => {
          this.#endpoints = [endpoint()];
        });
        return done;
      case 'make-private':
      case 'make-public':
        if (this.#status !== 'RUNNING' && this.#status !== 'PAUSED') return { kind: 'retry', reason: this.#status };
        this.#isPublic = action.kind === 'make-public';
        if (this.#isPublic && !this.setup.restorePublic && !this.setup.deniesConnection)
          this.#violate('made public without being asked');
        if (this.#isPublic && !this.setup.isPublic) this.#violate('made public what was private before');
        if (!this.#isPublic && !this.#endpoints.some(({ state }) => state === 'available'))
          this.#violate('cut before there is another way');
        this.#status = 'OPERATION_IN_PROGRESS';
        this.#later(LATER.operation, () => this.#idle());
        return done;
      case 'create-connection':
        if (this.#isPublic) this.#violate('a connection to a public service');
        if (!this.#endpoints.some(({ id, state }) => id === action.endpointId && state === 'available'))
          this.#violate('a connection to an endpoint that is not available');
        if (this.#connection !== undefined) this.#violate('a second connection');
        if (this.setup.deniesConnection)
          return { kind: 'refused', code: 'access-denied', message: 'apprunner:CreateVpcIngressConnection' };
        this.#connection = connection({ name: action.name, status: 'PENDING_CREATION', endpointId: action.endpointId });
        this.#later(LATER.connection, () => this.#connected());
        return done;
      case 'update-connection':
        if (this.#connection?.name === 'by-hand') this.#violate('changed a foreign connection');
        this.#connection = connection({ status: 'PENDING_UPDATE', endpointId: action.endpointId, vpcId: action.vpcId });
        this.#later(LATER.connection, () => this.#connected());
        return done;
      case 'delete-connection':
        if (this.#connection?.name === 'by-hand') this.#violate('deleted a foreign connection');
        if (this.#connection !== undefined) this.#connection = { ...this.#connection, status: 'PENDING_DELETION' };
        this.#later(LATER.gone, () => {
          this.#connection = undefined;
        });
        return done;
      case 'associate-domain':
        if (this.#associations.size >= 5) return { kind: 'refused', code: 'domain-taken', message: 'five at most' };
        if (!isAllowedName(action.domain, allowedNames(rules()))) this.#violate(`associated ${action.domain}`);
        this.#associate(action.domain, false);
        return done;
      case 'disassociate-domain': {
        const one = this.#associations.get(action.domain);
        if (one === undefined) return { kind: 'retry', reason: 'No custom domain found' };
        if (one.byHand) this.#violate('disassociated what was associated by hand');
        one.status = 'deleting';
        this.#later(LATER.gone, () => this.#associations.delete(action.domain));
        return done;
      }
      case 'change-records':
        return this.#change(action);
      default:
        this.#violate(`${action.kind} was not expected`);
        return done;
    }
  }

  #change({ zoneId, domain, purpose, changes }: Action & { kind: 'change-records' }): ExecutionOutcome {
    const creates = changes.some(({ action }) => action === 'CREATE');
    if (creates && !isAllowedZone(rules(), zoneId)) this.#violate(`wrote to the zone ${zoneId}`);
    if (creates && purpose === 'traffic') this.#judgePublication();
    const before = this.#in(zoneId);
    const txt = before.find(({ name }) => name === ownershipName(domain));
    const vouched = readClaim(txt, owner).by === 'us';
    const noted = [...ownedDomain(this.noted, domain).records, ...ownedDomain(this.noted, domain).validation];
    const isNoted = (record: RecordSet) => noted.some((one) => one.zoneId === zoneId && sameRecord(one.record, record));
    let records = before;
    for (const { action, record } of changes) {
      const names = [domain, ownershipName(domain), validationOf(domain).name];
      if (!names.includes(record.name)) this.#violate(`${action} ${record.name} for ${domain}`);
      if (action === 'CREATE') {
        if (!isNoted(record)) this.#violate(`${record.name} was not noted before it was written`);
        const there = records.filter(({ name }) => name === record.name);
        if (there.some(({ type }) => type === record.type)) return { kind: 'retry', reason: 'already exists' };
        if (there.some(({ type }) => type === 'CNAME' || record.type === 'CNAME')) {
          return { kind: 'refused', code: 'refused', message: 'a CNAME excludes every other type' };
        }
        records = [...records, record];
      } else {
        if (!isNoted(record) && !vouched) this.#violate(`deleted ${record.type} ${record.name}, which is not ours`);
        const there = records.find((one) => sameRecord(one, record));
        if (there === undefined) return { kind: 'retry', reason: 'was not found' };
        records = records.filter((one) => one !== there);
      }
    }
    this.#put(zoneId, records);
    return { kind: 'done' };
  }

  /** Published only once it would work, or could not be seen for long enough. */
  #judgePublication(): void {
    const answer = this.#answer();
    const waited =
      this.#unobservableSince !== undefined && this.now - this.#unobservableSince >= rules().unobservableGrace;
    const reachable = this.#connection?.status === 'AVAILABLE' && !this.#isPublic;
    if (!reachable || (answer.outcome !== 'addresses' && !waited)) this.#violate('published before it would work');
  }

  /** Foreign resources that are not as they were. */
  get missed(): readonly string[] {
    const records = this.#strangers
      .filter(({ zoneId, record }) => !this.#in(zoneId).includes(record))
      .map(({ zoneId, record }) => `${record.type} ${record.name} in ${zoneId}`);
    const associations = this.setup.associated.filter((domain) => this.#associations.get(domain)?.byHand !== true);
    const connections =
      ['by-hand', 'elsewhere'].includes(this.setup.connection) && this.#connection?.name !== 'by-hand';
    return [...records, ...associations, ...(connections ? ['the connection'] : [])];
  }

  /** What the product has made and that is still there, endpoints and security groups aside: they stay. */
  get ours(): readonly string[] {
    const records = [...this.#records].flatMap(([zoneId, all]) =>
      all
        .filter((record) => !this.#strangers.some((one) => one.record === record))
        .map(({ type, name }) => `${type} ${name} in ${zoneId}`),
    );
    const associations = [...this.#associations]
      .filter(([, { byHand }]) => !byHand)
      .map(([domain]) => `association of ${domain}`);
    const connections = this.#connection === undefined || this.#connection.name === 'by-hand' ? [] : ['the connection'];
    return [...records, ...associations, ...connections];
  }

  get isPublic(): boolean {
    return this.#isPublic;
  }

  /** The names whose validation records a foreign association still needs. */
  get stillNeeded(): readonly string[] {
    return [...this.#associations.keys()].map((domain) => validationOf(domain).name);
  }
}
