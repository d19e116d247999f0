import type { Account, Policy, PolicySummary } from '@aws-sdk/client-organizations';
import type { Chance } from '../../chance.ts';
import { parsePolicy, type Statement } from '../../iam/policy.ts';
import { missing } from './refusals.ts';

const FULL_ACCESS = 'p-FullAWSAccess';

interface Numbered {
  /** By which listings are ordered and paged. */
  readonly order: number;
}

/** Root or unit: what accounts and units stand in. */
export interface Branch extends Numbered {
  readonly kind: 'root' | 'unit';
  readonly id: string;
  readonly arn: string;
  name: string;
  /** Of the root, none. */
  readonly parentId: string | undefined;
  /** Ids of the service control policies attached here. */
  readonly policies: Set<string>;
}

export interface Member extends Numbered {
  readonly kind: 'account';
  /** 12 digits. */
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly email: string;
  readonly joined: 'CREATED' | 'INVITED';
  readonly joinedAt: number;
  parentId: string;
  /** Since when it is being closed. */
  closedAt: number | undefined;
  /** Held by AWS itself, which no operation does. */
  suspended: boolean;
  readonly policies: Set<string>;
}

export interface ControlPolicy extends Numbered {
  readonly id: string;
  readonly arn: string;
  name: string;
  description: string;
  content: string;
  statements: readonly Statement[];
  readonly awsManaged: boolean;
}

/** One CreateAccount, which is not done when it is answered. */
export interface AccountRequest extends Numbered {
  readonly id: string;
  readonly accountName: string;
  readonly requestedAt: number;
  readonly outcome: { readonly accountId: string } | { readonly failure: 'EMAIL_ALREADY_EXISTS' };
}

export type Node = Branch | Member;

const lower = (chance: Chance, length: number) => chance.base32(length).toLowerCase();

/** One organisation: a tree of units and accounts, and the service control policies that hang in it. */
export class Organization {
  readonly id: string;
  readonly managementAccount: string;
  readonly root: Branch;
  readonly policies = new Map<string, ControlPolicy>();
  readonly requests = new Map<string, AccountRequest>();
  /** By account: service principal → since when. */
  readonly delegated = new Map<string, Map<string, number>>();
  controlPoliciesEnabled = false;
  readonly #chance: Chance;
  readonly #nodes = new Map<string, Node>();
  #order = 0;

  constructor(managementAccount: string, chance: Chance) {
    this.#chance = chance;
    this.id = `o-${lower(chance, 10)}`;
    this.managementAccount = managementAccount;
    const id = `r-${lower(chance, 4)}`;
    this.root = this.#add({
      kind: 'root',
      order: this.nextOrder(),
      id,
      arn: this.arn('root', id),
      name: 'Root',
      parentId: undefined,
      policies: new Set(),
    });
    const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
    this.addPolicy({
      id: FULL_ACCESS,
      arn: `arn:aws:organizations::aws:policy/service_control_policy/${FULL_ACCESS}`,
      name: 'FullAWSAccess',
      description: 'Allows access to every operation',
      content: JSON.stringify(everything),
      awsManaged: true,
    });
  }

  arn(kind: 'root' | 'ou' | 'account' | 'policy', id: string): string {
    return `arn:aws:organizations::${this.managementAccount}:${kind}/${this.id}/${id}`;
  }

  nextOrder(): number {
    return this.#order++;
  }

  addUnit(parent: Branch, name: string): Branch {
    const id = `ou-${this.root.id.slice(2)}-${lower(this.#chance, 8)}`;
    const arn = this.arn('ou', id);
    const policies = this.#inheritedAtBirth();
    return this.#add({ kind: 'unit', order: this.nextOrder(), id, arn, name, parentId: parent.id, policies });
  }

  addAccount(account: Pick<Member, 'id' | 'name' | 'email' | 'joined' | 'joinedAt'>): Member {
    return this.#add({
      ...account,
      kind: 'account',
      order: this.nextOrder(),
      arn: this.arn('account', account.id),
      parentId: this.root.id,
      closedAt: undefined,
      suspended: false,
      policies: this.#inheritedAtBirth(),
    });
  }

  addPolicy(policy: Omit<ControlPolicy, 'order' | 'statements'>): ControlPolicy {
    const added = { ...policy, order: this.nextOrder(), statements: parsePolicy(policy.content, 'identity') };
    this.policies.set(added.id, added);
    return added;
  }

  removeUnit(id: string): void {
    this.#nodes.delete(id);
  }

  get nodes(): readonly Node[] {
    return [...this.#nodes.values()];
  }

  get accounts(): readonly Member[] {
    return this.nodes.filter((node) => node.kind === 'account');
  }

  find(id: string | undefined): Node | undefined {
    return this.#nodes.get(id ?? '');
  }

  account(id: string | undefined): Member | undefined {
    const node = this.find(id);
    return node?.kind === 'account' ? node : undefined;
  }

  /** The root or unit of that id. @throws AwsError with `code`, ParentNotFoundException unless another is given. */
  branch(id: string | undefined, code = 'ParentNotFoundException', what = 'a parent'): Branch {
    const node = this.find(id);
    if (node === undefined || node.kind === 'account') throw missing(code, what);
    return node;
  }

  childrenOf(id: string): readonly Node[] {
    return this.nodes.filter((node) => node.parentId === id);
  }

  /** From the root down to the node itself. */
  lineage(node: Node): readonly Node[] {
    const parent = this.find(node.parentId);
    return parent === undefined ? [node] : [...this.lineage(parent), node];
  }

  /** Where a node stands, as `aws:PrincipalOrgPaths` spells units: `o-…/r-…/ou-…/`. An account's own path ends in its id (inferred). */
  path(node: Node): string {
    return `${[this.id, ...this.lineage(node).map(({ id }) => id)].join('/')}/`;
  }

  /** Everything begins with FullAWSAccess (documented), so enabling the type changes nothing yet. */
  enableControlPolicies(): void {
    this.controlPoliciesEnabled = true;
    for (const node of this.nodes) node.policies.add(FULL_ACCESS);
  }

  #inheritedAtBirth(): Set<string> {
    return new Set(this.controlPoliciesEnabled ? [FULL_ACCESS] : []);
  }

  #add<Added extends Node>(node: Added): Added {
    this.#nodes.set(node.id, node);
    return node;
  }
}

/** How long an account is being closed before it is. */
const CLOSING = 60_000;

/** Documented: the states of an account; `Status` is the older member of fewer values, retired since September 2026. */
export function accountState(account: Member, now: number): 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE' | 'CLOSED' {
  if (account.closedAt !== undefined) return now < account.closedAt + CLOSING ? 'PENDING_CLOSURE' : 'CLOSED';
  return account.suspended ? 'SUSPENDED' : 'ACTIVE';
}

export function describedAccount(
  organization: Organization,
  account: Member,
  now: number,
  { withStatus }: { readonly withStatus: boolean },
): Account {
  const State = accountState(account, now);
  return {
    Id: account.id,
    Arn: account.arn,
    Email: account.email,
    Name: account.name,
    State,
    ...(withStatus ? { Status: State === 'CLOSED' ? 'SUSPENDED' : State } : {}),
    Paths: [organization.path(account)],
    JoinedMethod: account.joined,
    JoinedTimestamp: new Date(account.joinedAt),
  };
}

export const policySummary = (policy: ControlPolicy): PolicySummary => ({
  Id: policy.id,
  Arn: policy.arn,
  Name: policy.name,
  Description: policy.description,
  Type: 'SERVICE_CONTROL_POLICY',
  AwsManaged: policy.awsManaged,
});

export const describedPolicy = (policy: ControlPolicy): Policy => ({
  PolicySummary: policySummary(policy),
  Content: policy.content,
});
