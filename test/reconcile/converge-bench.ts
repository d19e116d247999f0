import type { ExecutionOutcome } from '../../shared/execute/outcome.ts';
import type { ObservationScope } from '../../shared/observe/observe.ts';
import type { Action } from '../../shared/plan/action.ts';
import type { OwnedResources } from '../../shared/plan/ledger.ts';
import type { ConnectionState, Observed, ObservedService as SeenService } from '../../shared/plan/observed.ts';
import type { Mode } from '../../shared/policy/policy.ts';
import { converge } from '../../shared/reconcile/converge.ts';
import type { KillSwitch } from '../../shared/reconcile/kill-switch.ts';
import { initialState, type ServiceState } from '../../shared/state/row.ts';
import {
  DOMAIN,
  domainState,
  effectivePolicy,
  ledger,
  observed,
  present,
  SERVICE_ARN,
  START,
  service,
} from '../fixtures.ts';
import { StandInObserver } from './stand-in-observer.ts';

export class AwsError extends Error {
  override readonly name: string;
  readonly $metadata = {};
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
export const denied = new AwsError('AccessDeniedException', 'not authorized to perform apprunner:DescribeService');
export const throttled = new AwsError('ThrottlingException', 'Rate exceeded');

/** A bench: the observations in order (the last one repeats), and the outcome of each action. */
export class Bench extends StandInObserver {
  time = START;
  readonly executed: Action[] = [];
  readonly noted: OwnedResources[] = [];
  /** Whether the stack wrote the validation records that the service has not written itself. */
  sharesValidation = false;
  worlds = 0;
  /** Names that were claimed at a time, and who holds each that is not the service's then. */
  readonly claimed: (readonly string[])[] = [];
  holders: Readonly<Record<string, string>> = {};
  /** What the observer is to read again; `undefined`: everything. */
  readonly forgotten: unknown[] = [];
  /** Why nothing of Route 53 can be read. */
  unreadNames: Error | undefined;
  /** Connections that were not asked for. */
  remembered: readonly ConnectionState[] | undefined;
  /** How often a plan relies on what was remembered too long. */
  unreliable = 0;
  readonly #sights: readonly (Observed | Error)[];
  readonly #outcome: (action: Action) => ExecutionOutcome;

  constructor(
    sights: readonly (Observed | Error)[],
    outcome: (action: Action) => ExecutionOutcome = () => ({ kind: 'done' }),
  ) {
    super();
    this.#sights = sights;
    this.#outcome = outcome;
  }

  #sight(): Observed {
    const sight = this.#sights[Math.min(this.worlds, this.#sights.length - 1)];
    if (sight === undefined || sight instanceof Error) throw sight ?? new Error('nothing to see');
    return { ...sight, at: this.time };
  }

  override now(): number {
    return this.time;
  }
  override forget(change?: unknown): void {
    this.forgotten.push(change);
  }
  override rememberConnection(_: string, connection: ConnectionState): void {
    this.remembered = [connection];
  }
  override forgetUnreliable(): boolean {
    return this.unreliable-- > 0;
  }
  override async service(): Promise<SeenService> {
    return this.#sight().service;
  }
  override async tagsFingerprint(): Promise<string> {
    return '';
  }
  override async check(): Promise<string> {
    return '';
  }
  override async world(_: SeenService, { connectionOnly = false }: ObservationScope): Promise<Observed> {
    const sight = this.#sight();
    const { connections } = sight;
    const part = { domains: {}, answer: undefined, httpsChecks: {} };
    if (connectionOnly) return { ...sight, ...part, connections: this.remembered ?? connections };
    this.worlds++;
    if (this.unreadNames !== undefined) throw this.unreadNames;
    return sight;
  }

  run(
    before: Parameters<typeof converge>[1] = { ...initialState, ledger: ledger() },
    {
      isInScope = true,
      mode = 'enforce',
      ...more
    }: { isInScope?: boolean; mode?: Mode; heldBy?: string; killSwitch?: KillSwitch; mayEndEarly?: boolean } = {},
  ): Promise<ServiceState> {
    return converge(service, before, {
      observer: this,
      evaluatePolicy: async () => effectivePolicy({ isInScope, mode, enforcement: isInScope ? 'by-tag' : 'ignored' }),
      killSwitch: async () => undefined,
      ...more,
      execute: async (action) => {
        this.executed.push(action);
        return this.#outcome(action);
      },
      writeAhead: async (known) => {
        this.noted.push(known);
      },
      needValidation: async (_, isOwn) => isOwn || this.sharesValidation,
      claimNames: async (names) => {
        this.claimed.push(names);
        return names.map((name) => this.holders[name] ?? SERVICE_ARN);
      },
    });
  }
}

export const unpublished = observed({
  domains: { [DOMAIN]: domainState({ records: { ZPRIVATE: { at: [], txt: undefined } } }) },
});
export const ready = observed();
export const waiting = observed({ answer: { vantage: 'vpc', outcome: 'nxdomain' } });
export const publicAndUnpublished = observed({
  ...unpublished,
  service: present({ isPublic: true }),
  connections: [],
  answer: undefined,
});
