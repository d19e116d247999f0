import { VirtualClock } from 'apprunner-embedded-cloud/clock';
import { LeaseLostError } from '../../shared/errors.ts';
import type { ExecutionOutcome } from '../../shared/execute/outcome.ts';
import type { ObservationScope } from '../../shared/observe/observe.ts';
import type { Action } from '../../shared/plan/action.ts';
import { connectionName } from '../../shared/plan/connection-owner.ts';
import type {
  ConnectionState,
  DomainState,
  EndpointState,
  NameAnswer,
  Observed,
  ObservedService,
} from '../../shared/plan/observed.ts';
import type { ReconcileMessage, ReconcileQueue } from '../../shared/reconcile/message.ts';
import { type ReconcileResult, reconcileService } from '../../shared/reconcile/reconcile.ts';
import { ownershipName } from '../../shared/records/names.ts';
import { type RecordSet, sameRecord } from '../../shared/records/record-set.ts';
import type { EventNotes } from '../../shared/state/event-notes.ts';
import { LEASE_MS, whyNotTaken } from '../../shared/state/lease.ts';
import { parseRow, type ServiceRow, stateAttributes } from '../../shared/state/row.ts';
import type { Store } from '../../shared/state/store.ts';
import {
  association,
  connection,
  effectivePolicy,
  endpoint,
  network,
  observed,
  present,
  privateZone,
  publicZone,
  rules,
  SERVICE_ARN,
  START,
  seenAnswer,
} from '../fixtures.ts';
import { memoryClaims } from '../memory-claims.ts';
import { StandInObserver } from './stand-in-observer.ts';

/**
 * The reconciliation protocol with everything around it that can go wrong, on virtual time: a store with the semantics of
 * `shared/state/dynamodb-store.ts`, a queue with those of SQS, and a world with one name to publish. Every call of a
 * port takes two steps, one on the way and one back; at each the schedule may make it slow, fail it or kill the process.
 */

/** What happens on the way to a port or back. */
export type Fate =
  | { readonly kind: 'takes'; readonly milliseconds: number }
  /** The process dies: nothing more of it happens. */
  | { readonly kind: 'dies' }
  /** AWS answers with an error that passes by itself. */
  | { readonly kind: 'fails' };

export interface Conditions {
  /** By the number of the step, counted over all processes; every other step is quick and does not fail. */
  readonly fates: ReadonlyMap<number, Fate>;
  /** Consumed one a delivery: `true` delivers the message once more, soon, whatever becomes of the first. */
  readonly duplicates: readonly boolean[];
  /** Milliseconds after which a process is killed, as Lambda does. */
  readonly timeout: number;
}

/** A hosted zone, and the time: what several installations may share. */
export class SimulatedWorld {
  readonly clock = new VirtualClock(START);
  records: readonly RecordSet[] = [];

  at(name: string, type: string): RecordSet | undefined {
    return this.records.find((record) => record.name === name && record.type === type);
  }

  /** What a person does by hand. */
  put(record: RecordSet): void {
    this.remove(record.name, record.type);
    this.records = [...this.records, record];
  }

  remove(name: string, type: string): void {
    this.records = this.records.filter((record) => record.name !== name || record.type !== type);
  }
}

export interface SimulatedInstallation {
  readonly world: SimulatedWorld;
  /** `default` */
  readonly name: string;
  readonly serviceArn: string;
}

/** Numbers of `serverless.yml`, in milliseconds and receives. */
const VISIBILITY = 120_000;
const RECEIVES = 5;

interface Message {
  readonly id: string;
  readonly body: ReconcileMessage;
  visibleAt: number;
  receives: number;
  duplicated: boolean;
}

class Throttled extends Error {
  override readonly name = 'ThrottlingException';
  readonly $metadata = {};
}

/** Enough turns of the microtask queue for everything that waits for nothing else. */
const TURNS = 60;
async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await undefined;
}

/** One process: a delivery of a message, or the handling of an event. */
class Process {
  alive = true;
  readonly number: number;
  constructor(number: number) {
    this.number = number;
  }
}

export class Simulation {
  readonly world: SimulatedWorld;
  readonly #installation: string;
  readonly #serviceArn: string;
  readonly violations: string[] = [];
  readonly results: ReconcileResult['kind'][] = [];
  readonly dead: Message[] = [];
  item: Record<string, unknown> | undefined;
  messages: Message[] = [];
  /** Looks at the whole world, and questions asked by quiet passes. */
  looks = 0;
  questions = 0;

  /** The name wanted, or the names in place of it, and when the connection's name answers. */
  version = 0;
  names: readonly string[] | undefined;
  namedAt = START;

  readonly #conditions: Conditions;
  #step = 0;
  #delivery = 0;
  #processes = 0;
  #tokens = 0;
  readonly #claims = memoryClaims();
  #sent = 0;
  /** The process that took the lease last: what the lease is to stand for. */
  #holder: Process | undefined;
  readonly #acting = new Set<Process>();

  constructor(conditions: Conditions, of: Partial<SimulatedInstallation> = {}) {
    this.#conditions = conditions;
    this.world = of.world ?? new SimulatedWorld();
    this.#installation = of.name ?? 'default';
    this.#serviceArn = of.serviceArn ?? SERVICE_ARN;
  }

  get clock(): VirtualClock {
    return this.world.clock;
  }

  get row(): ServiceRow | undefined {
    return this.item === undefined ? undefined : parseRow(this.item);
  }

  get wanted(): string {
    return `v${this.version}.example.com`;
  }

  /** The names whose records stand, and whether each stands with its TXT. */
  get published(): readonly string[] {
    return this.world.records.filter(({ type }) => type === 'A').map(({ name }) => name);
  }

  /** Messages whose token is the row's. */
  get live(): readonly Message[] {
    return this.messages.filter(({ body }) => body.token !== undefined && body.token === this.item?.token);
  }

  /** Something happens to the service, and an event reports it, now. */
  event(change: () => void): void {
    change();
    // EventBridge tries until it is handled, so this one is never cut off.
    this.#run(Number.MAX_SAFE_INTEGER, async (process) => {
      const { store, queue } = this.#ports(process, true);
      if ((await store.note(this.#serviceArn, { now: this.clock.now() })).sends)
        await queue.send({ serviceArn: this.#serviceArn, event: true });
    });
  }

  /** @param at milliseconds from the start. */
  eventAt(at: number, change: () => void): void {
    this.clock.schedule(START + at - this.clock.now(), async () => {
      this.event(change);
      await settle();
    });
  }

  /** Runs until nothing is scheduled within `duration` milliseconds. */
  async advance(duration: number): Promise<void> {
    await this.clock.advance(duration);
  }

  #run(timeout: number, work: (process: Process) => Promise<void>): void {
    const process = new Process(++this.#processes);
    this.clock.schedule(timeout, () => {
      process.alive = false;
    });
    // A process that dies waits for a step that never comes.
    work(process).catch((error: unknown) => this.violations.push(`process ${process.number}: ${String(error)}`));
  }

  /** One way of a call: takes its time, or never comes back, or fails. */
  async #way(process: Process, reliable: boolean): Promise<void> {
    const drawn = this.#conditions.fates.get(this.#step++) ?? { kind: 'takes', milliseconds: 5 };
    const fate: Fate = reliable && drawn.kind !== 'takes' ? { kind: 'takes', milliseconds: 5 } : drawn;
    if (fate.kind === 'dies') process.alive = false;
    await new Promise<void>((resolve) => {
      this.clock.schedule(fate.kind === 'takes' ? fate.milliseconds : 5, async () => {
        if (!process.alive) return;
        resolve();
        await settle();
      });
    });
    if (fate.kind === 'fails') throw new Throttled('Rate exceeded');
  }

  #ports(process: Process, reliable = false): { readonly store: Store & EventNotes; readonly queue: ReconcileQueue } {
    const call = async <Answer>(effect: () => Answer): Promise<Answer> => {
      await this.#way(process, reliable);
      const answer = effect();
      await this.#way(process, reliable);
      return answer;
    };
    return { store: this.#store(process, call), queue: this.#queue(call) };
  }

  #queue(call: <Answer>(effect: () => Answer) => Promise<Answer>): ReconcileQueue {
    return {
      send: (body, delay = 0) =>
        call(() => {
          const visibleAt = this.clock.now() + Math.min(900, Math.ceil(delay / 1000)) * 1000;
          const message = { id: `m${++this.#sent}`, body, visibleAt, receives: 0, duplicated: false };
          this.messages.push(message);
          this.#deliverAt(message, visibleAt);
        }),
    };
  }

  #deliverAt(message: Message, at: number): void {
    this.clock.schedule(at - this.clock.now(), async () => {
      const again = message.visibleAt <= this.clock.now();
      if (!this.messages.includes(message) || !again) return;
      this.#receive(message);
      await settle();
    });
  }

  #receive(message: Message): void {
    if (++message.receives > RECEIVES) {
      this.messages = this.messages.filter((one) => one !== message);
      this.dead.push(message);
      return;
    }
    message.visibleAt = this.clock.now() + VISIBILITY;
    this.#deliverAt(message, message.visibleAt);
    this.#consume(message);
    if (this.#conditions.duplicates[this.#delivery++] !== true || message.duplicated) return;
    message.duplicated = true;
    this.clock.schedule(30, async () => {
      // Two rare things at once are left to the sweep: if the first delivery deletes the message, nothing brings back a
      // second one that dies.
      this.#consume(message, true);
      await settle();
    });
  }

  /** What `functions/reconcile.ts` does with one message. */
  #consume(message: Message, reliable = false): void {
    this.#run(this.#conditions.timeout, async (process) => {
      const installation = this.#installation;
      const observer = new WorldObserver(this, () => this.#way(process, reliable));
      const { store, queue } = this.#ports(process, reliable);
      const dependencies = {
        store,
        queue,
        claims: this.#claims,
        accessTo: () => ({ observer, execute: (action: Action) => this.#execute(process, action, reliable) }),
        evaluatePolicy: async () => effectivePolicy({ rules: rules({ installation, ownerTag: installation }) }),
        killSwitch: async () => undefined,
        token: () => `t${++this.#tokens}`,
        random: () => 0.5,
      };
      try {
        const result = await reconcileService(message.id, message.body, dependencies);
        this.results.push(result.kind);
        if (result.kind !== 'redeliver') this.messages = this.messages.filter((one) => one !== message);
      } catch (error) {
        // Left to redelivery. Anything but what was thrown in here is a fault.
        if (!(error instanceof Throttled)) throw error;
      }
    });
  }

  #store(process: Process, call: <Answer>(effect: () => Answer) => Promise<Answer>): Store & EventNotes {
    const lease = () => stored(this.item?.lease);
    const isNext = (wanted: string) => [this.item?.token, this.item?.previousToken].includes(wanted);
    const put = (change: Record<string, unknown>) => {
      const merged = { serviceArn: this.#serviceArn, generation: 0, ...this.item, ...change };
      const kept = Object.entries(merged).filter(([, value]) => value !== undefined);
      this.item = structuredClone(Object.fromEntries(kept));
    };
    /** A conditional write; `item` is what a ConditionalCheckFailedException returns. */
    const write = <Answer>(condition: () => boolean, effect: () => Answer) =>
      call(() => (condition() ? { answer: effect() } : { item: structuredClone(this.item) }));
    const read = () => call(() => structuredClone(this.item));
    const whyRefused = (item: Record<string, unknown> | undefined, message: string) =>
      stored(item?.lease)?.message === message ? ('dirty' as const) : ('lost' as const);
    return {
      hold: () => call(() => undefined),
      markDirty: () => call(() => put({ generation: (this.row?.generation ?? 0) + 1 })),
      note: (_, { now }) =>
        call(() => {
          const since = this.item?.unheardSince;
          put({ generation: (this.row?.generation ?? 0) + 1, unheardSince: since ?? now });
          return { sends: typeof since !== 'number' || now - since > 30_000, isCutOff: false };
        }),
      get: async () => {
        const item = await read();
        return item === undefined ? undefined : parseRow(item);
      },
      async *list() {},
      acquireLease: async (_, { message, token: wanted, onlyUnseen = false, now, until }) => {
        const free = () => (lease()?.expiresAt ?? 0) <= now;
        const isUnseen = () =>
          this.item?.seenGeneration === undefined || this.row?.generation !== this.row?.seenGeneration;
        const taken = await write(
          () => (wanted === undefined || isNext(wanted)) && free() && (!onlyUnseen || isUnseen()),
          () => {
            put({ lease: { message, expiresAt: until } });
            this.#holder = process;
            return parseRow(structuredClone(this.item));
          },
        );
        return 'answer' in taken
          ? { kind: 'taken', row: taken.answer }
          : whyNotTaken(taken.item, { token: wanted, now });
      },
      writeAhead: async (_, { message, now }, ledger) => {
        const noted = await write(
          () => lease()?.message === message && (lease()?.expiresAt ?? 0) > now,
          () => {
            put({ ledger });
            if (this.#holder !== process)
              this.violations.push(`process ${process.number} was let write without the lease`);
          },
        );
        if ('item' in noted) throw new LeaseLostError('lost');
      },
      save: async (_, { message, now, generation, outrun = false }, state, { token: next, expiresAt }) => {
        const saved = await write(
          () => lease()?.message === message && (outrun || this.row?.generation === generation),
          () => {
            if (this.#holder !== process) this.violations.push(`process ${process.number} saved without the lease`);
            put({
              ...stateAttributes(state),
              token: next,
              expiresAt,
              updatedAt: now,
              seenGeneration: generation,
              lease: undefined,
              unheardSince: undefined,
              previousToken: undefined,
            });
          },
        );
        return 'item' in saved ? whyRefused(saved.item, message) : 'saved';
      },
      renewToken: async (_, { token: wanted, next, now }) => {
        const renewed = await write(
          () =>
            this.item?.token === wanted &&
            this.row?.generation === this.row?.seenGeneration &&
            (lease()?.expiresAt ?? 0) <= now,
          () => put({ token: next, previousToken: wanted, updatedAt: now }),
        );
        if ('answer' in renewed) return 'renewed';
        return whyNotTaken(renewed.item, { token: wanted, now }).kind === 'stale' ? 'stale' : 'refused';
      },
      remove: async (_, { message, generation }) => {
        const removed = await write(
          () => lease()?.message === message && this.row?.generation === generation,
          () => {
            this.item = undefined;
          },
        );
        return 'item' in removed ? whyRefused(removed.item, message) : 'saved';
      },
    };
  }

  async #execute(process: Process, action: Action, reliable: boolean): Promise<ExecutionOutcome> {
    this.#acting.add(process);
    // A process cannot be stopped between its last read of the lease and its write, unless it is killed before.
    const outlivesLease = this.#conditions.timeout > LEASE_MS;
    const writers = [...this.#acting].filter(({ alive }) => alive);
    if (writers.length > 1 && !outlivesLease) this.violations.push('two writers at once');
    try {
      await this.#way(process, reliable);
      const outcome = this.#apply(action, !outlivesLease);
      await this.#way(process, reliable);
      return outcome;
    } catch (error) {
      if (!(error instanceof Throttled)) throw error;
      return { kind: 'retry', reason: error.message, maybeApplied: true };
    } finally {
      this.#acting.delete(process);
    }
  }

  #apply(action: Action, mustBeNoted: boolean): ExecutionOutcome {
    if (action.kind !== 'change-records') {
      this.violations.push(`${action.kind} was not expected in this world`);
      return { kind: 'done' };
    }
    let { records } = this.world;
    const noted = this.row?.ledger.domains[action.domain]?.records ?? [];
    for (const { action: verb, record } of action.changes) {
      const there = records.find(({ name, type }) => name === record.name && type === record.type);
      if (verb === 'CREATE') {
        if (there !== undefined) return { kind: 'retry', reason: 'already exists' };
        if (mustBeNoted && !noted.some((one) => sameRecord(one.record, record)))
          this.violations.push(`${record.name} was not noted before`);
        records = [...records, record];
      } else {
        if (there === undefined || !sameRecord(there, record)) return { kind: 'retry', reason: 'was not found' };
        if (mustBeNoted && !noted.some((one) => sameRecord(one.record, record)))
          this.violations.push(`${record.name} is deleted, and was not written by the stack`);
        records = records.filter((one) => one !== there);
      }
    }
    this.world.records = records;
    return { kind: 'done' };
  }

  answer(): NameAnswer {
    return this.clock.now() >= this.namedAt ? seenAnswer : { vantage: 'vpc', outcome: 'nxdomain' };
  }

  tags(): Readonly<Record<string, string>> {
    return { 'private-ingress': 'enabled', 'private-ingress:domains': (this.names ?? [this.wanted]).join(' ') };
  }

  connection(): ConnectionState {
    const name = connectionName(this.#serviceArn);
    return connection({ name, owner: this.#installation, endpointId: this.endpoint().id });
  }

  /** Each installation has its own, so that an alias says whose it is. */
  get endpointName(): string {
    return `${this.#installation}.vpce.amazonaws.com`;
  }

  endpoint(): EndpointState {
    const name = { name: this.endpointName, zoneId: 'ZENDPOINT' };
    return endpoint({ id: `vpce-${this.#installation}`, name });
  }

  domain(name: string): DomainState {
    const at = this.world.records.filter((record) => record.name === name);
    const txt = this.world.records.find((record) => record.name === ownershipName(name));
    return {
      trafficZone: privateZone,
      validationZone: publicZone,
      association: association({ validation: [] }),
      records: { ZPRIVATE: { at, txt } },
      validation: {},
    };
  }
}

function stored(lease: unknown): { readonly message: string; readonly expiresAt: number } | undefined {
  return typeof lease === 'object' &&
    lease !== null &&
    'message' in lease &&
    'expiresAt' in lease &&
    typeof lease.message === 'string' &&
    typeof lease.expiresAt === 'number'
    ? { message: lease.message, expiresAt: lease.expiresAt }
    : undefined;
}

class WorldObserver extends StandInObserver {
  readonly #simulation: Simulation;
  readonly #way: () => Promise<void>;

  constructor(simulation: Simulation, way: () => Promise<void>) {
    super();
    this.#simulation = simulation;
    this.#way = way;
  }

  override now(): number {
    return this.#simulation.clock.now();
  }

  override async service(): Promise<ObservedService> {
    await this.#way();
    return present({ tags: this.#simulation.tags() });
  }

  override async tagsFingerprint(): Promise<string> {
    this.#simulation.questions++;
    await this.#way();
    const tags = this.#simulation.tags();
    return Object.keys(tags)
      .sort()
      .map((key) => `${key}=${tags[key] ?? ''}`)
      .join('\n');
  }

  override async check(): Promise<string> {
    this.#simulation.questions++;
    await this.#way();
    const answer = this.#simulation.answer();
    return answer.outcome === 'addresses' ? [...answer.addresses].sort().join(' ') : answer.outcome;
  }

  override async world(service: ObservedService, scope: ObservationScope): Promise<Observed> {
    await this.#way();
    this.#simulation.looks++;
    const names = [...new Set([...scope.domains, ...Object.keys(scope.ledger.domains)])];
    const seen = observed({
      at: this.now(),
      service,
      network: network({ endpoints: [this.#simulation.endpoint()] }),
      connections: [this.#simulation.connection()],
      domains: Object.fromEntries(names.map((name) => [name, this.#simulation.domain(name)])),
      answer: this.#simulation.answer(),
    });
    await this.#way();
    return seen;
  }
}
