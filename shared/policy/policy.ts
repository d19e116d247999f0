import type { Severity } from '../findings.ts';
import type { AliasStrategy } from '../records/alias.ts';

/**
 * What one installation manages, and how: the policy file, read and checked (`shared/policy/file/`), or what the
 * stack's parameters say (`shared/policy/file/packaged.ts`). Plain data.
 */
export interface Policy {
  /** The stack's `Installation`, where the policy file names it. */
  readonly owner?: string;
  readonly accounts: PolicyAccounts;
  /** The regions in scope, the same in every account, such as `ap-northeast-1`. */
  readonly regions: readonly string[];
  /** Of one account and region, the first is the one services get that name no VPC. */
  readonly networks: readonly PolicyNetwork[];
  readonly zones: readonly PolicyZone[];
  /** Tried in this order; the first that matches applies (`decideByRules`). */
  readonly rules: readonly PolicyRule[];
  readonly exceptions: readonly PolicyException[];
  readonly limits: PolicyLimits;
  /** Absent: `defaultNotifications`. */
  readonly notifications?: PolicyNotifications;
}

/** Which findings the stack's topic sends to people. */
export interface PolicyNotifications {
  /** The least severity. */
  readonly severity: Severity;
  /** Ids of the accounts whose findings are sent; absent: of all. */
  readonly accounts?: readonly string[];
  /** Ids of accounts whose findings are not sent. */
  readonly except?: readonly string[];
}

/** Where a code goes at all is in `shared/lifecycle/routing.ts`. */
export const defaultNotifications: PolicyNotifications = { severity: 'info' };

/** The accounts in scope. Ids are 12 digits. */
export type PolicyAccounts =
  | { readonly kind: 'listed'; readonly ids: readonly string[] }
  | {
      readonly kind: 'organization';
      /** The role by which the organisation is read; without it, the hub is its management or a delegated account. */
      readonly roleArn?: string;
      /** Ids of units (or of the root), those below them included; empty: the whole organisation. */
      readonly units: readonly string[];
      /** Account ids that are left out. */
      readonly except: readonly string[];
    };

/** A VPC from which the services of its account and region can be reached. */
export interface PolicyNetwork {
  readonly account: string;
  readonly region: string;
  /** Absent only where the stack's parameters make the policy: the rest then holds for the VPC that a service names itself. */
  readonly vpcId?: string;
  /** Where `vpcId` is absent: the VPCs that a service may name. Absent: every VPC of the account. */
  readonly allowedVpcs?: readonly string[];
  readonly endpoint:
    | { readonly kind: 'given'; readonly id: string }
    /**
     * An endpoint that the VPC has already is used all the same: a VPC can hold only one
     * (docs/facts.md#one-endpoint-per-vpc).
     */
    | {
        readonly kind: 'create';
        /** Empty: one subnet in every availability zone that App Runner offers. */
        readonly subnetIds: readonly string[];
        /** Empty: a group is created that lets TCP 443 in from `allowFrom`. */
        readonly securityGroupIds: readonly string[];
        /** IPv4 or IPv6 ranges in CIDR form; empty: the VPC's own. */
        readonly allowFrom: readonly string[];
      };
  /** Name of the function, in that account and region, that checks from inside the VPC. */
  readonly probe?: string;
}

/** A hosted zone in which records may be written. */
export interface PolicyZone {
  /** Without `/hostedzone/`. */
  readonly id: string;
  /** Normalized; missing where the stack's parameters made the policy, which give ids only. */
  readonly name?: string;
  /** Missing where `name` is. */
  readonly visibility?: 'public' | 'private';
  /** The role by which the zone is read, where it is of another account; `zoneRoleArn` makes of it the one that writes. */
  readonly roleArn?: string;
  readonly externalId?: string;
  /** Patterns of the names that may be written in it, see `isAllowedName`. */
  readonly allowedNames: readonly string[];
}

/** `required`: must be private, whatever its tags; `by-tag`: as its tags say; `ignored`: left alone. */
export type Enforcement = 'required' | 'by-tag' | 'ignored';

/** Of a `required` rule: `audit` reports the plan, `enforce` executes it. `by-tag` works in both. */
export type Mode = 'audit' | 'enforce';

/** State of a service after it is detached. */
export type OnDetach = 'keep-private' | 'restore-public';

/** What follows when App Runner refuses to delete a service because the stack attached it. */
export const deleteAttempts = ['report', 'detach'] as const;
export type OnDeleteAttempt = (typeof deleteAttempts)[number];

/**
 * When a service is made private. `when-possible`: once every later step is known to be possible. `immediately`: as soon as
 * the endpoint is there. `auto`: `when-possible` for a live service, `immediately` for a new one.
 */
export const cutovers = ['auto', 'when-possible', 'immediately'] as const;
export type Cutover = (typeof cutovers)[number];

export interface PolicyRule {
  /** Unique in the policy. */
  readonly name: string;
  /** Empty: every service. */
  readonly match: PolicyMatch;
  readonly enforcement: Enforcement;
  readonly mode: Mode;
  /** Templates with `{service}`, `{account}` and `{region}`, see `expandDomain`. */
  readonly domains: readonly string[];
  /** The names that its services may claim by tag, see `matchesNamePattern`; absent: those that zones allow. */
  readonly names?: readonly string[];
  /** Whether its services may adopt records that the stack did not write; absent: no. */
  readonly adopt?: boolean;
  /** Without it: the stack's `AliasStrategy`. */
  readonly strategy?: AliasStrategy;
  /** Without it: the stack's `OnDetach`. */
  readonly onDetach?: OnDetach;
  /** Without it: the stack's `OnDeleteAttempt`. */
  readonly onDeleteAttempt?: OnDeleteAttempt;
  /** Without it: the stack's `Cutover`. */
  readonly cutover?: Cutover;
  /** Of a `required` rule, in milliseconds; without it: the stack's `CutoverDeadline`. */
  readonly cutoverDeadline?: number;
}

/** Everything given has to hold; of a list, one is enough. */
export interface PolicyMatch {
  readonly accounts?: readonly string[];
  /** Ids of units or of the root; an account is in a unit also when it is in one below it. */
  readonly units?: readonly string[];
  readonly regions?: readonly string[];
  /** Globs of service names, see `matchesGlob`. */
  readonly services?: readonly string[];
  /** Tag key → glob of its value; all of them have to hold. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Services for which `required` counts as `by-tag` until a day. */
export interface PolicyException {
  readonly match: PolicyMatch;
  readonly reason: string;
  /** The last day it holds, in UTC: `2026-03-31`. */
  readonly until: string;
}

/** A sweep that wants more than this does nothing until it is confirmed. An empty one limits nothing. */
export interface PolicyLimits {
  /** Services in which something would be created, changed or removed. */
  readonly changes: PolicyLimit;
  /** Services that would be detached. */
  readonly detaches: PolicyLimit;
}

/** Either is enough to stop. */
export interface PolicyLimit {
  readonly count?: number;
  /** Of the managed services: more than 0, at most 1. */
  readonly share?: number;
}

/** A service as rules see it. */
export interface Subject {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** The units above its account up to the root, in any order; empty where the organisation is not known. */
  readonly units: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** The policy that the functions use, and its source. */
export interface PolicyInForce {
  readonly from: 'file' | 'parameters';
  readonly policy: Policy;
}
