import type { Chance } from '../chance.ts';
import type { Principal, RequiredPermission } from '../wire/service.ts';
import type { Denial } from './denial.ts';
import { type AccessRequest, conditionValues, type Decision, evaluate, missingKeys } from './evaluate.ts';
import type { Memberships, OrganizationMembership } from './membership.ts';
import { parsePolicy } from './policy.ts';
import { noSuchEntity, type Role, Roles } from './roles.ts';
import { refusal, said } from './verdict.ts';

/** The account of every key that does not spell another. */
export const DEFAULT_ACCOUNT = '123456789012';

export interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

interface Session {
  readonly role: Role;
  readonly principal: Principal;
  readonly credentials: IssuedCredentials;
}

/** What the policies of a role decide about one request: all together, and one kind alone. */
export interface AccessDecision {
  readonly decision: Decision;
  /** `undefined` for a role without a permissions boundary. */
  readonly boundary: Decision | undefined;
  /** What service control policies say; `undefined` where there are none. */
  readonly organization: Decision | undefined;
  /** Condition keys that the policies ask for and the question has no value of, in lower case. */
  readonly missing: readonly string[];
}

/** Who wants to assume a role: a caller, or an AWS service such as `lambda.amazonaws.com`. */
export type Trusted = Principal | { readonly kind: 'service'; readonly service: string };

type Conditions = Readonly<Record<string, readonly string[]>>;

/** The policy of a resource, by its ARN, for services whose resources have one; `undefined` where a resource has none. */
export type ResourcePolicies = (resourceArn: string) => unknown;

/** A caller and what it was allowed to do. */
export type PermissionUse = (principal: Principal, permissions: readonly RequiredPermission[]) => void;

/**
 * The embedded IAM: roles, their policies, and who a key is.
 *
 *     key id                          who
 *     ASIA… issued here               the role's session; its policies are checked
 *     ASIA… not issued here           unknown
 *     12 digits                       root of that account
 *     anything else                   root of 123456789012
 *
 * AWS's own APIs take any secret, so there a key id alone is an identity; HTTP APIs verify the signature of issued
 * keys ({@link credentialsOf}). Issued keys do not expire, because clients count their lifetime by the wall clock
 * while the cloud may live in virtual time.
 */
export class Iam extends Roles {
  readonly #chance: Chance;
  readonly #organizations: Memberships;
  readonly #sessions = new Map<string, Session>();
  readonly #uses = new Set<PermissionUse>();

  /**
   * @param options.organizations which organisation an account belongs to; without it: none.
   * @param options.now milliseconds since the epoch; without it, roles are created at the epoch.
   */
  constructor(options: {
    readonly chance: Chance;
    readonly organizations?: Memberships;
    readonly now?: () => number;
  }) {
    super(options.chance, options.now ?? (() => 0));
    this.#chance = options.chance;
    this.#organizations = options.organizations ?? { membership: () => undefined };
  }

  /**
   * A key of a role's session, without asking the trust policy (see {@link trusts}).
   * @param sessionPolicy narrows what the role may, as JSON text.
   * @throws AwsError NoSuchEntity, MalformedPolicyDocument
   */
  issueRoleCredentials(
    roleArn: string,
    sessionName = `session-${this.#chance.hex(8)}`,
    sessionPolicy?: string,
  ): IssuedCredentials {
    const role = this.role(roleArn);
    if (role === undefined) throw noSuchEntity(`The role ${roleArn} cannot be found.`);
    const accessKeyId = `ASIA${this.#chance.base32(16)}`;
    const arn = sessionArn(role, sessionName);
    const principal: Principal = {
      kind: 'role',
      account: role.account,
      arn,
      roleName: role.roleName,
      ...(sessionPolicy === undefined ? {} : { sessionPolicy: parsePolicy(sessionPolicy, 'identity') }),
    };
    const secrets = { secretAccessKey: this.#chance.base32(40), sessionToken: this.#chance.base32(64) };
    const credentials = { accessKeyId, ...secrets };
    this.#sessions.set(accessKeyId, { role, principal, credentials });
    return credentials;
  }

  /**
   * Who a key is; `undefined` for a temporary key that was not issued here, or whose role is gone, and for every key of
   * an account that is closed or suspended.
   */
  identify(accessKeyId: string): Principal | undefined {
    const principal = this.#holderOf(accessKeyId);
    return principal === undefined || this.#isActive(principal.account) ? principal : undefined;
  }

  /** The credentials of a key that was issued here; the secrets of all others are unknown. */
  credentialsOf(accessKeyId: string): IssuedCredentials | undefined {
    return this.#sessions.get(accessKeyId)?.credentials;
  }

  /** Calls `listener` with each caller and what it was allowed to do. @returns what ends it. */
  observe(listener: PermissionUse): () => void {
    this.#uses.add(listener);
    return () => this.#uses.delete(listener);
  }

  /** The id of the organisation that an account belongs to. */
  organizationOf(account: string): string | undefined {
    return this.#organizations.membership(account)?.organizationId;
  }

  /** `AROA…:session` of a role, the account of a root user. */
  userId(principal: Principal): string {
    const role = this.#roleOf(principal);
    return role === undefined ? principal.account : `${role.roleId}:${principal.arn.split('/').at(-1)}`;
  }

  /**
   * Whether a caller may do all that an operation takes:
   *
   *     service control policies   every level from the root to the account allows it   members only, their root users too
   *     identity, boundary         the role's own policies allow it                      not asked of root
   *     resource policy            allows it                                             of another account's resource
   *
   * and no Deny of any of them applies. Within an account a resource policy can only deny here, so that what works here
   * works on AWS, where it may also allow.
   *
   * @param conditions keys of the request itself, such as `aws:RequestedRegion`; each permission adds its own.
   */
  authorize(
    principal: Principal,
    permissions: readonly RequiredPermission[],
    conditions: Conditions = {},
    resourcePolicies?: ResourcePolicies,
  ): Denial | undefined {
    const role = this.#roleOf(principal);
    const controlPolicies = this.#controlPolicies(principal);
    for (const { action, resources, conditions: own = {} } of permissions) {
      for (const resource of resources) {
        const values = conditionValues(
          this.principalConditions(principal),
          this.#resourceConditions(resource, principal),
          conditions,
          own,
        );
        const question = { action, resource, conditions: values };
        const words = controlPolicies.map((level) => said('service control policy', level, question));
        if (resourcePolicies !== undefined) {
          const policy = resourcePolicies(resource);
          const statements = policy === undefined ? [] : parsePolicy(policy, 'resource');
          const isCaller = (kind: string, value: string) => this.isPrincipal(principal, kind, value);
          const decision = evaluate(statements, { ...question, isCaller });
          const isOwn = accountOf(resource, principal) === principal.account;
          words.push({
            by: 'resource-based policy',
            decision: isOwn && decision === 'not-allowed' ? 'allowed' : decision,
          });
        }
        if (principal.kind === 'role') {
          words.push(said('identity-based policy', role?.identity ?? [], question));
          if (role?.boundary) words.push(said('permissions boundary', role.boundary, question));
          const { sessionPolicy } = principal;
          if (sessionPolicy !== undefined) words.push(said('session policy', sessionPolicy, question));
        }
        const no = refusal(words);
        if (no !== undefined) {
          return { action, resource, explicit: no.decision === 'explicitly-denied', by: no.by };
        }
      }
    }
    for (const listener of this.#uses) listener(principal, permissions);
    return undefined;
  }

  /** What all policies say of a question about a role's sessions, those of resources aside. */
  judge(role: Role, question: AccessRequest): AccessDecision {
    const { identity, boundary } = role;
    const levels = this.#controlPolicies(sessionOf(role));
    const control = levels.map((level) => said('service control policy', level, question));
    const limits = boundary === undefined ? [] : [said('permissions boundary', boundary, question)];
    const words = [...control, said('identity-based policy', identity, question), ...limits];
    return {
      decision: refusal(words)?.decision ?? 'allowed',
      boundary: limits[0]?.decision,
      organization: levels.length === 0 ? undefined : (refusal(control)?.decision ?? 'allowed'),
      missing: missingKeys([...levels.flat(), ...identity, ...(boundary ?? [])], question),
    };
  }

  /** The condition keys that every request of a role's sessions carries. */
  sessionConditions(role: Role): Readonly<Record<string, readonly string[] | string | undefined>> {
    return this.principalConditions(sessionOf(role));
  }

  /** Whether the role's trust policy lets `who` assume it. */
  trusts(roleArn: string, who: Trusted, conditions: Conditions = {}): boolean {
    const role = this.role(roleArn);
    if (role === undefined || !this.#isActive(role.account)) return false;
    const own = who.kind === 'service' ? {} : this.principalConditions(who);
    const decision = evaluate(role.trust, {
      action: 'sts:AssumeRole',
      conditions: conditionValues(own, conditions),
      isCaller: (kind, value) => this.isPrincipal(who, kind, value),
    });
    return decision === 'allowed';
  }

  /** Whether one entry of a Principal element (`AWS`, `Service`) means `who`. */
  isPrincipal(who: Trusted, kind: string, value: string): boolean {
    if (who.kind === 'service') return kind === 'Service' && value === who.service;
    if (kind !== 'AWS') return false;
    const names = ['*', who.account, rootOf(who.account).arn, who.arn];
    return names.includes(value) || value === this.#roleOf(who)?.arn;
  }

  #roleOf(principal: Principal): Role | undefined {
    return principal.kind === 'root' ? undefined : this.roleNamed(principal.account, principal.roleName);
  }

  /** The condition keys that every request of a principal carries. */
  principalConditions(principal: Principal): Readonly<Record<string, readonly string[] | string | undefined>> {
    const membership = this.#organizations.membership(principal.account);
    return {
      'aws:PrincipalAccount': principal.account,
      // Of a session, the key holds the role's ARN (documented).
      'aws:PrincipalArn': this.#roleOf(principal)?.arn ?? principal.arn,
      'aws:PrincipalType': principal.kind === 'root' ? 'Account' : 'AssumedRole',
      'aws:PrincipalIsAWSService': 'false',
      'aws:PrincipalOrgID': membership?.organizationId,
      'aws:PrincipalOrgPaths': membership && [membership.path],
      'aws:userid': this.userId(principal),
    };
  }

  #resourceConditions(resource: string, principal: Principal) {
    const account = accountOf(resource, principal);
    const membership = this.#organizations.membership(account);
    return {
      'aws:ResourceAccount': account,
      'aws:ResourceOrgID': membership?.organizationId,
      'aws:ResourceOrgPaths': membership && [membership.path],
    };
  }

  /** Documented: they bind the root user and the roles of members, not those of the management account nor service-linked roles. */
  #controlPolicies(principal: Principal): OrganizationMembership['controlPolicies'] {
    const membership = this.#organizations.membership(principal.account);
    if (membership === undefined || membership.isManagement) return [];
    return this.#roleOf(principal)?.arn.includes(':role/aws-service-role/') ? [] : membership.controlPolicies;
  }

  #isActive(account: string): boolean {
    return this.#organizations.membership(account)?.isActive ?? true;
  }

  #holderOf(accessKeyId: string): Principal | undefined {
    const session = this.#sessions.get(accessKeyId);
    if (session !== undefined) return this.role(session.role.arn) === undefined ? undefined : session.principal;
    return accessKeyId.startsWith('ASIA')
      ? undefined
      : rootOf(/^\d{12}$/.test(accessKeyId) ? accessKeyId : DEFAULT_ACCOUNT);
  }
}

const sessionOf = (role: Role): Principal & { readonly kind: 'role' } => ({
  kind: 'role',
  account: role.account,
  arn: sessionArn(role, 'session'),
  roleName: role.roleName,
});

/** Root of an account. */
export const rootOf = (account: string): Principal => ({ kind: 'root', account, arn: `arn:aws:iam::${account}:root` });

/** Whose a resource is: the account in its ARN; where there is none, as of zones and of `*`, the caller's. */
const accountOf = (resource: string, caller: Principal): string => resource.split(':')[4] || caller.account;

/** `arn:aws:sts::123456789012:assumed-role/Role/Session` */
export const sessionArn = (role: Role, sessionName: string): string =>
  `arn:aws:sts::${role.account}:assumed-role/${role.roleName}/${sessionName}`;
