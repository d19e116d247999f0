import type { FindingCode, Severity } from '../findings.ts';
import type { Phase } from '../plan/plan.ts';
import type { Proof } from '../plan/plan-builder.ts';
import type { Enforcement, Mode } from '../policy/policy.ts';
import type { AppliedException } from '../policy/rule-decision.ts';
import type { FailureCode } from '../sweep/failure.ts';
import type { OrphanKind } from '../sweep/orphan.ts';
import type { Difference, SweepStatus } from '../sweep/run.ts';
import type { Compliance } from './compliance.ts';

/** What a sweep leaves for people: `docs/report.md` describes it. Times are ISO 8601 in UTC. */
export interface Report {
  /** A change that a reader of version 1 would misread raises it. */
  readonly version: 1;
  readonly generatedAt: string;
  readonly installation: string;
  readonly policyFrom: 'file' | 'parameters';
  readonly totals: Totals;
  readonly compliance: {
    readonly account: readonly Group[];
    /** Empty where there is no organisation. An account counts in every unit above it. */
    readonly unit: readonly Group[];
    readonly region: readonly Group[];
    readonly rule: readonly Group[];
  };
  /** Those that have a row, and those that the sweep saw. */
  readonly services: readonly ReportedService[];
  readonly exceptions: readonly ReportedException[];
  readonly endpoints: readonly ReportedEndpoint[];
  /** Of all endpoints whose interfaces are known, traffic not counted; the others have no price of their own. */
  readonly usdPerMonth: number;
  readonly sweep: ReportedSweep;
}

/** Services by compliance. */
export type Counts = Readonly<Record<Compliance, number>>;

/** Services, and accounts and regions of which nothing is known. */
export type Totals = Counts & {
  /** Accounts and regions that the sweep could not read: how many services they have is not known. */
  readonly unread: number;
};

export type Group = Totals & { readonly name: string };

export interface ReportedService {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** The units above the account up to the root, the closest first. */
  readonly units: readonly string[];
  readonly compliance: Compliance;
  /** Absent before the first reconciliation. */
  readonly phase?: Phase;
  readonly rule?: string;
  readonly enforcement: Enforcement;
  readonly mode: Mode;
  readonly exception?: AppliedException;
  readonly domains: readonly string[];
  readonly vpc?: string;
  readonly endpoint?: string;
  readonly proof?: { readonly kind: Proof; readonly at: string; readonly verifiedAt?: string };
  /** Why it waits, in words. */
  readonly waits: readonly string[];
  readonly findings: readonly ReportedFinding[];
  /** What the sweep wanted to do, and did, unless it is held. */
  readonly wanted?: { readonly would: Difference['would']; readonly what: readonly string[] };
  readonly heldBy?: string;
  readonly updatedAt?: string;
}

export interface ReportedFinding {
  readonly code: FindingCode | FailureCode;
  readonly severity: Severity;
  readonly domain?: string;
  readonly message: string;
  readonly remedy: string;
  readonly since: string;
}

export interface ReportedException extends AppliedException {
  /** Days until it ends, counted up; 0 for one that ended. */
  readonly daysLeft: number;
  /** Whether it ends within {@link ENDING_DAYS}. */
  readonly isEnding: boolean;
  /** Services that it applies to. */
  readonly services: number;
}

/** An exception that ends within so many days is shown as about to end. */
export const ENDING_DAYS = 30;

export interface ReportedEndpoint {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly vpc: string;
  /** Services attached to it. */
  readonly services: number;
  /** Absent if the sweep did not read the endpoint. */
  readonly interfaces?: number;
  readonly usdPerMonth?: number;
}

export interface ReportedSweep {
  readonly id: string;
  readonly status: SweepStatus;
  readonly by: string;
  readonly confirmedBy?: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly targets: number;
  readonly answered: number;
  /** Services in the accounts and regions that could be read. */
  readonly services: number;
  /** Services out of sync, by what the sweep wanted to do. */
  readonly wanted: Readonly<Record<Difference['would'], number>>;
  /** Why it is held; empty unless it was. */
  readonly reasons: readonly string[];
  /** What could not be read. */
  readonly failures: readonly ReportedProblem<FailureCode>[];
  readonly orphans: readonly ReportedProblem<OrphanKind>[];
}

export interface ReportedProblem<Code> {
  readonly code: Code;
  readonly severity: Severity;
  readonly resource: string;
  readonly message: string;
  readonly remedy: string;
}
