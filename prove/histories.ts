import { throttled } from 'apprunner-embedded-cloud/faults';
import { takesTime } from '../bench/aws-load.ts';
import { DAY, MINUTE, SECOND } from '../shared/duration.ts';
import { errorMessage } from '../shared/errors.ts';
import { functionArn, Installation } from '../test/installation/installation.ts';
import { takeAll } from '../test/scenarios/run.ts';
import type { Expectation, ScenarioTags, Step } from '../test/scenarios/scenario.ts';
import { Stage } from '../test/scenarios/stage.ts';
import { addressRecord, claimed } from '../test/scenarios/vocabulary.ts';
import { type CallDisturbance, type DisturbableCall, Disturber, deaths, refusals } from './disturbance.ts';
import type { Family } from './family.ts';
import { OtherInstallation } from './other-installation.ts';
import { promises } from './promises.ts';
import { type Draw, numbers } from './seeded.ts';

const QUICK = 40;
const FULL = 10_000;
/** One history in so many is a long one. */
const LONG_IN = 10;

/** Milliseconds in which things happen, in a long history and in a short one. */
const HAPPENING = 90 * MINUTE;
const HAPPENING_SHORT = 20 * MINUTE;
/** Milliseconds between two looks of the one who compares model and world. */
const LOOK = 30 * SECOND;
/** Milliseconds in which the product may go by what it read before something happened (docs/performance.md). */
const KEPT = 20 * MINUTE;
/** Milliseconds by which clocks jump at most. */
const JUMP = 30 * SECOND;
/** Where a record of a person leads. */
const FOREIGN = '192.0.2.7';
/** Names that the other installation may be asked for. */
const SHARED_NAMES = ['hello.example.com', 'b.example.com', 'shared.example.com'];

/** What people want of a service, by what they did last. */
interface Wanted {
  readonly name: string;
  /** Names it may be given. */
  readonly names: readonly string[];
  tag: 'enabled' | 'disabled' | undefined;
  domains: readonly string[];
  isCreated: boolean;
  isDeleted: boolean;
  /** Whether it was ever tagged, so that it has a row. */
  wasTagged: boolean;
  /** When something was done to it or to its names; milliseconds. */
  touchedAt: number;
  /** Things done by hand that a person does once: what is undone again and again is contested. */
  readonly done: Set<string>;
}

/** What a history is like from its beginning on. */
interface Traits {
  /** Little happens, and within twenty minutes; there may be one service only. */
  readonly isShort: boolean;
  /** No event is lost, nothing dies, and nothing changes that no event tells of: it ends well without any sweep. */
  readonly isCalm: boolean;
  readonly hasProbe: boolean;
  readonly restoresPublic: boolean;
}

/** What is ill for a while. */
interface Spells {
  /** Milliseconds. */
  clocksAhead: number;
  dns: 'public' | 'vpc' | 'both' | undefined;
  aws: string | undefined;
}

/**
 * Histories of two services on the wire: people tag, delete and change things by hand, events are lost, doubled, late and
 * reordered, DNS, clocks and AWS are ill for a while, calls take time so that reconciliations overlap, and any of them may be disturbed.
 * In the end everything is as people last wanted it, and nothing else.
 */
export const histories: Family = {
  name: 'histories',
  about: promises.histories.about,
  weight: 6,
  /** By turns: alone, and with another installation that publishes in the same zones. */
  *cases(effort, seed) {
    const all = effort === 'quick' ? QUICK : FULL;
    const isLong = (index: number) => effort === 'quick' || index % LONG_IN < 2;
    for (let index = 0; index < all; index++)
      yield `${isLong(index) ? '' : 'short-'}${index % 2 === 0 ? 'wire' : 'shared'}-${seed}-${index >> 1}`;
  },
  async play(name) {
    const history = await History.begin(numbers(name), {
      isShort: name.startsWith('short-'),
      isShared: name.includes('shared-'),
    });
    try {
      return { disturbances: await history.play() };
    } catch (error) {
      throw new Error(`${errorMessage(error)}\n${history.told.map((line) => `  ${line}`).join('\n')}`);
    } finally {
      await history.stop();
    }
  },
};

class History {
  readonly #draw: Draw;
  readonly #world: Installation;
  readonly #stage: Stage;
  readonly #disturber: Disturber;
  readonly #spells: Spells;
  readonly #traits: Traits;
  /** Names at which a person has put a record of their own. */
  readonly #foreign = new Set<string>();
  readonly #other: OtherInstallation | undefined;
  readonly #broken = new Set<string>();
  readonly #services: readonly Wanted[];
  readonly #phases = new Map<string, string | undefined>();
  /** What happened, for people. */
  readonly told: string[] = [];

  private constructor(
    draw: Draw,
    world: Installation,
    other: OtherInstallation | undefined,
    disturber: Disturber,
    spells: Spells,
    traits: Traits,
  ) {
    this.#draw = draw;
    this.#other = other;
    this.#world = world;
    this.#stage = new Stage(world);
    this.#disturber = disturber;
    this.#spells = spells;
    this.#traits = traits;
    const second = wanted('second', ['second.example.com', 'b.example.com', 'shared.example.com']);
    this.#services = [
      wanted('hello', ['hello.example.com', 'a.example.com', 'shared.example.com']),
      ...(traits.isShort && draw(2) === 0 ? [] : [second]),
    ];
  }

  static async begin(
    draw: Draw,
    { isShort, isShared }: { readonly isShort: boolean; readonly isShared: boolean },
  ): Promise<History> {
    // Of what another installation does no event tells.
    const isCalm = draw(3) === 0 && !isShared;
    // One read in so many is disturbed, and eight times as many writes, of which there are fewer.
    const oneIn = isCalm ? Number.POSITIVE_INFINITY : ([64, 160, 800][draw(3)] ?? 0);
    const disturbances = [...deaths, ...refusals];
    const decide = (_: number, { writes }: DisturbableCall): CallDisturbance | undefined =>
      !isCalm && draw(writes ? oneIn / 8 : oneIn) === 0 ? disturbances[draw(disturbances.length)] : undefined;
    const spells: Spells = { clocksAhead: 0, dns: undefined, aws: undefined };
    const disturber = new Disturber({
      functions: ['on-service-event', 'reconcile', 'sweep', 'sweep-region'],
      decide,
      clocksAhead: () => spells.clocksAhead,
      decideDns: (_, { view: { kind } }) => {
        if (spells.dns === undefined || (spells.dns !== 'both' && spells.dns !== kind)) return undefined;
        return draw(3) === 0 ? 'silent' : 'servfail';
      },
    });
    const hasProbe = draw(4) > 0;
    const restoresPublic = draw(2) === 0;
    const readLag = [0, SECOND, 5 * SECOND, MINUTE][draw(4)] ?? 0;
    const parameters = {
      OnDetach: restoresPublic ? 'restore-public' : 'keep-private',
      DetachGrace: draw(2) === 0 ? '10m' : '0s',
    };
    const world = await Installation.start({
      probe: hasProbe,
      readLag,
      parameters,
      timed: takesTime,
      disturb: disturber,
    });
    world.cloud.gateway.intercept((call) => {
      const refusal = disturber.refuse(call);
      if (refusal !== undefined) return refusal;
      const isIll = call.context.principal.kind === 'role' && `${call.service}:${call.operation}` === spells.aws;
      return isIll ? throttled(call.service) : undefined;
    });
    const other = isShared ? await OtherInstallation.deploy(world, parameters) : undefined;
    return new History(draw, world, other, disturber, spells, { isShort, isCalm, hasProbe, restoresPublic });
  }

  stop(): Promise<void> {
    return this.#world.stop();
  }

  /** @returns how often it was disturbed. @throws Error that says what does not hold */
  async play(): Promise<number> {
    this.#watchWrites();
    this.#disturber.begin();
    const { isShort } = this.#traits;
    const happenings = isShort ? 1 + this.#draw(5) : 6 + this.#draw(14);
    const duration = isShort ? HAPPENING_SHORT : HAPPENING;
    for (const service of this.#services) this.#at(this.#draw(duration / 9), () => this.#create(service));
    for (let index = 0; index < happenings; index++) this.#at(this.#draw(duration), () => this.#happen());
    await this.#advance(duration + 10 * MINUTE);
    await this.#putInOrder();
    // What has died comes back within minutes; what was lost is found by a sweep; what was given up, by the next one.
    for (let sweeps = 0; sweeps < 2; sweeps++) {
      await this.#advance(15 * MINUTE);
      if (!this.#traits.isCalm) this.#sweep();
    }
    await this.#advance(45 * MINUTE);
    if (await this.#isContested()) {
      this.told.push('a day later, because of what is contested');
      await this.#advance(DAY);
      this.#sweep();
      await this.#advance(30 * MINUTE);
    }
    await this.#compare();
    if (this.#broken.size > 0) throw new Error([...this.#broken].join('\n'));
    return happenings + this.#disturber.met.length;
  }

  #at(delay: number, run: () => Promise<void>): void {
    this.#world.clock.schedule(delay, run);
  }

  async #advance(duration: number): Promise<void> {
    const { clock } = this.#world;
    for (let passed = 0; passed < duration; passed += LOOK) {
      await clock.advance(LOOK);
      for (const service of this.#services) {
        if (!service.isCreated) continue;
        const { phase, findings = [] } = (await this.#world.row(this.#stage.service(service.name))) ?? {};
        for (const { code, message, severity } of findings)
          if (NEVER.includes(code) && severity !== 'info')
            this.#broken.add(`${service.name} is said to be what it never is: ${code}: ${message}`);
        const before = this.#phases.get(service.name);
        this.#phases.set(service.name, phase);
        if (phase === 'ready' && before !== 'ready') this.#checkReady(service);
      }
    }
  }

  /** Ready is what answers. */
  #checkReady({ name, domains, touchedAt }: Wanted): void {
    if (touchedAt > this.#world.clock.now() - KEPT) return;
    const addresses = [...this.#stage.endpointAddresses(this.#world.network.vpcId, 'A')].sort().join();
    for (const domain of domains) {
      const answers = [...this.#world.dig(domain)].sort().join();
      if (answers !== addresses) this.#broken.add(`${name} is ready, and ${domain} answers ${answers || 'nothing'}`);
    }
  }

  async #create(service: Wanted): Promise<void> {
    const isTagged = this.#draw(4) > 0;
    const tags = isTagged ? this.#tags(service) : {};
    await this.#do(service, { do: 'create-service', name: service.name, tags }, () => {
      service.isCreated = true;
    });
  }

  /** New tags, and the wish that they say. */
  #tags(service: Wanted): ScenarioTags {
    const domains = service.names.filter(() => this.#draw(2) === 0);
    Object.assign(service, { tag: 'enabled', domains, wasTagged: true });
    return { 'private-ingress': 'enabled', 'private-ingress:domains': domains.join(' ') };
  }

  async #happen(): Promise<void> {
    const service = this.#services[this.#draw(this.#services.length)];
    if (service === undefined || !service.isCreated || service.isDeleted) return;
    const kind = this.#draw(this.#other === undefined ? 21 : 24);
    if (this.#traits.isCalm && UNTOLD.includes(kind)) return;
    const domain = service.names[this.#draw(service.names.length)] ?? '';
    switch (kind) {
      case 0:
      case 1:
      case 2:
        return this.#do(service, { do: 'tag', service: service.name, tags: this.#tags(service) });
      case 3:
        Object.assign(service, { tag: 'disabled' });
        return this.#do(service, { do: 'tag', service: service.name, tags: { 'private-ingress': 'disabled' } });
      case 4:
        Object.assign(service, { tag: undefined });
        return this.#do(service, { do: 'untag', service: service.name, keys: ['private-ingress'] });
      case 5:
        if (this.#draw(3) > 0) return;
        return this.#do(
          service,
          { do: 'call', operation: 'DeleteService', input: { ServiceArn: this.#stage.service(service.name) } },
          () => {
            service.isDeleted = true;
          },
        );
      case 6:
        return this.#do(service, { do: 'delete-record', zone: 'private', name: domain, type: 'A' }, () => {
          this.#foreign.delete(domain);
        });
      case 7:
        return this.#do(service, {
          do: 'delete-record',
          zone: 'private',
          name: `_private-ingress.${domain}`,
          type: 'TXT',
        });
      case 8:
        return this.#do(service, { do: 'delete-record', zone: 'public', name: domain, type: 'validation' });
      case 9: {
        const isFree = (await this.#world.records(this.#stage.zone('private'))).every(
          ({ Name }) => Name !== `${domain}.`,
        );
        if (!isFree) return;
        return this.#do(service, { do: 'put-record', zone: 'private', record: addressRecord(domain, FOREIGN) }, () => {
          this.#foreign.add(domain);
        });
      }
      case 10:
        return this.#once(service, 'connection', {
          do: 'call',
          operation: 'DeleteVpcIngressConnection',
          input: { VpcIngressConnectionArn: `{connection ${service.name}}` },
        });
      case 11:
        return this.#once(service, 'domain', {
          do: 'call',
          operation: 'DisassociateCustomDomain',
          input: { ServiceArn: this.#stage.service(service.name), DomainName: domain },
        });
      case 12:
        return this.#once(service, 'visibility', {
          do: 'call',
          operation: 'UpdateService',
          input: {
            ServiceArn: this.#stage.service(service.name),
            NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: true } },
          },
        });
      case 13:
      case 14:
        return this.#weather();
      case 15:
        return this.#spell(`DNS is ill`, () => {
          this.#spells.dns = (['public', 'vpc', 'both'] as const)[this.#draw(3)];
          return () => {
            this.#spells.dns = undefined;
          };
        });
      case 16:
        return this.#spell('AWS throttles an operation', () => {
          const ill = ILL[this.#draw(ILL.length)];
          // What the table cannot take in of events is lost after three attempts, and found by a sweep.
          this.#spells.aws = this.#traits.isCalm && ill?.startsWith('dynamodb:') ? undefined : ill;
          return () => {
            this.#spells.aws = undefined;
          };
        });
      case 17:
        await this.#world.setKillSwitch('on');
        return this.#spell('the kill switch is on', () => () => this.#world.setKillSwitch('off'));
      case 18:
        this.#world.deployPolicy({ regions: ['eu-west-1'] });
        return this.#spell('the region is out of scope', () => () => this.#world.deployPolicy({}));
      case 21:
      case 22:
      case 23:
        return this.#wantElsewhere();
      case 20: {
        const ahead = this.#draw(2 * JUMP + 1) - JUMP;
        return this.#spell(`the clocks of the functions are ${ahead} ms ahead`, () => {
          this.#spells.clocksAhead = ahead;
          return () => {
            this.#spells.clocksAhead = 0;
          };
        });
      }
      default:
        this.told.push(`${this.#time()} sweep`);
        return this.#sweep();
    }
  }

  /** What the owner of the other installation's service wants from now on. */
  async #wantElsewhere(): Promise<void> {
    const domains = SHARED_NAMES.filter(() => this.#draw(2) === 0);
    await this.#other?.want(domains);
    for (const one of this.#services) one.touchedAt = this.#world.clock.now();
    this.told.push(`${this.#time()} the other installation is to publish ${domains.join(' ') || 'nothing'}`);
  }

  #once(service: Wanted, what: string, step: Step): Promise<void> {
    if (service.done.has(what)) return Promise.resolve();
    service.done.add(what);
    return this.#do(service, step);
  }

  /** People try; what AWS refuses they leave. */
  async #do(service: Wanted, step: Step, then?: () => void): Promise<void> {
    try {
      await takeAll(this.#stage, 'by hand', [step]);
      then?.();
      for (const one of this.#services) one.touchedAt = this.#world.clock.now();
      this.told.push(`${this.#time()} ${service.name}: ${JSON.stringify(step)}`);
    } catch (error) {
      this.told.push(`${this.#time()} ${service.name}: ${step.do} was refused: ${errorMessage(error).slice(0, 120)}`);
    }
  }

  #weather(): Promise<void> {
    const weather = (['twice', 'late', 'held', 'lost'] as const)[this.#draw(this.#traits.isCalm ? 3 : 4)] ?? 'twice';
    return this.#spell(`events are ${weather}`, () => {
      this.#stage.events.become(weather, this.#draw(5 * MINUTE));
      return () => {
        this.#stage.events.deliverReversed();
        this.#stage.events.become('normal', 0);
      };
    });
  }

  async #spell(what: string, begin: () => () => unknown): Promise<void> {
    const end = begin();
    const duration = this.#draw(15 * MINUTE);
    this.told.push(`${this.#time()} for ${Math.round(duration / SECOND)} s ${what}`);
    this.#at(duration, async () => {
      await end();
    });
  }

  #sweep(): void {
    const { lambda } = this.#world.cloud;
    this.#at(0, async () => {
      await lambda.invoke(lambda.get(functionArn('sweep')), {});
      await this.#other?.sweep();
    });
  }

  /** Everything that was ill is well, and people take their own records away; no service wants a name that another has. */
  async #putInOrder(): Promise<void> {
    this.#disturber.end();
    for (const domain of this.#foreign) {
      const stands = (await this.#world.records(this.#stage.zone('private'))).some(
        ({ Name, ResourceRecords }) => Name === `${domain}.` && ResourceRecords?.[0]?.Value === FOREIGN,
      );
      if (!stands) this.#broken.add(`the record of a person at ${domain} is gone`);
      if (stands)
        await takeAll(this.#stage, 'in order', [{ do: 'delete-record', zone: 'private', name: domain, type: 'A' }]);
    }
    const [first, second] = this.#services.filter(isWanted);
    const domains = second?.domains.filter((domain) => !first?.domains.includes(domain)) ?? [];
    if (second !== undefined && domains.length < second.domains.length) {
      second.domains = domains;
      await this.#do(second, {
        do: 'tag',
        service: second.name,
        tags: { 'private-ingress': 'enabled', 'private-ingress:domains': domains.join(' ') },
      });
    }
    const taken = this.#services.filter(isWanted).flatMap((service) => service.domains);
    const left = this.#other?.domains.filter((domain) => !taken.includes(domain)) ?? [];
    if (left.length < (this.#other?.domains.length ?? 0)) await this.#other?.want(left);
  }

  async #isContested(): Promise<boolean> {
    const rows = this.#services.filter(({ isCreated }) => isCreated).map(({ name }) => this.#stage.service(name));
    const all = await Promise.all([...rows.map((arn) => this.#world.row(arn)), this.#other?.row()]);
    const findings = all.flatMap((row) => row?.findings ?? []);
    return findings.some(({ code }) => code === 'contested');
  }

  /** The world is as the model says. */
  async #compare(): Promise<void> {
    const all = this.#services
      .filter(isWanted)
      .flatMap(({ name, domains }) => domains.map((domain) => ({ name, domain })));
    const steps: Expectation[] = [];
    for (const service of this.#services) {
      const { name, domains, isCreated, isDeleted, wasTagged } = service;
      if (!isCreated || isDeleted) continue;
      if (isWanted(service)) {
        steps.push({
          ...{ do: 'expect', service: name, ...(this.#traits.hasProbe ? { phase: 'ready' } : {}) },
          ...{ visibility: 'private', connections: ['AVAILABLE {endpoint}'] },
          vpcAnswers: Object.fromEntries(domains.map((domain) => [domain, 'endpoint'])),
          https: Object.fromEntries(domains.map((domain) => [domain, 200])),
          domains: Object.fromEntries(domains.map((domain) => [domain, 'active'])),
        });
      } else if (wasTagged) {
        steps.push({
          ...{ do: 'expect', service: name, connections: [], domains: {} },
          ...(this.#traits.restoresPublic ? { visibility: 'public' } : {}),
        });
      }
      const row = await this.#world.row(this.#stage.service(name));
      const findings = row?.findings.filter(({ code }) => !SAID.includes(code)) ?? [];
      for (const { code, message } of findings)
        this.#broken.add(`${name} has a finding in the end: ${code}: ${message}`);
    }
    const [anyone] = this.#services.filter(({ isCreated }) => isCreated);
    if (anyone === undefined) return;
    steps.push({
      do: 'expect',
      service: anyone.name,
      records: {
        private: [
          ...all.flatMap(({ name, domain }) => claimed(domain, '{endpoint-name}', `{service-id ${name}}`)),
          ...((await this.#other?.records()) ?? []),
        ],
        public: [...all.map(({ domain }) => domain), ...(this.#other?.domains ?? [])].map((one) => `validation ${one}`),
      },
    });
    for (const problem of (await this.#other?.problems()) ?? []) this.#broken.add(problem);
    await takeAll(this.#stage, 'in the end', steps);
  }

  /** Nothing is written but at names that the policy allows, whatever happens. */
  #watchWrites(): void {
    const names = [...SHARED_NAMES, ...this.#services.flatMap((service) => service.names)];
    this.#world.cloud.gateway.observe(({ operation, context, input }) => {
      if (operation !== 'ChangeResourceRecordSets' || context.principal.kind !== 'role') return;
      const text = JSON.stringify(input);
      for (const [, name = ''] of text.matchAll(/"Name":"([^"]+?)\.?"/g)) {
        if (!names.some((one) => name === one || name.endsWith(`.${one}`)))
          this.#broken.add(`a record is written at ${name}`);
      }
      if (text.includes(FOREIGN)) this.#broken.add(`the record of a person is changed: ${text}`);
    });
  }

  #time(): string {
    return new Date(this.#world.clock.now()).toISOString().slice(11, 19);
  }
}

/** Kinds of happenings that no event tells of: records changed by hand, the kill switch, the scope. */
const UNTOLD: readonly number[] = [6, 7, 8, 9, 17, 18, 19];

/** What is never the case here, whatever is ill: who says so has taken what he could not read for something else. */
const NEVER: readonly string[] = [
  ...['zone-not-found', 'zone-not-allowed', 'zone-shadowed', 'zone-ambiguous', 'zone-not-delegated', 'caa-forbids'],
  ...['vpc-not-given', 'vpc-not-found', 'subnets-not-found', 'endpoint-not-found', 'endpoint-closed', 'vpc-dns-off'],
  ...['row-unreadable', 'ledger-relearned', 'validation-record-foreign', 'connection-elsewhere', 'access-denied'],
  ...['certificate-failed', 'domain-invalid', 'domain-not-allowed', 'domains-too-many', 'tag-value-unknown'],
];

/** Findings that only say what is the case. */
const SAID: readonly string[] = ['endpoint-unused', 'deletion-refused', 'tag-incomplete'];

/** Operations that AWS throttles for a while. */
const ILL = [
  'apprunner:DescribeService',
  'apprunner:ListTagsForResource',
  'apprunner:DescribeCustomDomains',
  'apprunner:ListVpcIngressConnections',
  'apprunner:CreateVpcIngressConnection',
  'apprunner:AssociateCustomDomain',
  'apprunner:UpdateService',
  'ec2:DescribeVpcEndpoints',
  'route53:ListHostedZonesByVPC',
  'route53:ListResourceRecordSets',
  'route53:ChangeResourceRecordSets',
  'dynamodb:UpdateItem',
] as const;

function wanted(name: string, names: readonly string[]): Wanted {
  const nothing = { tag: undefined, domains: [], isCreated: false, isDeleted: false, wasTagged: false };
  return { name, names, ...nothing, touchedAt: 0, done: new Set() };
}

const isWanted = ({ tag, isCreated, isDeleted }: Wanted): boolean => tag === 'enabled' && isCreated && !isDeleted;
