import { type Finding, finding } from '../findings.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import { claimableNamesOf, reservedNamesOf } from './names.ts';
import type { Enforcement, Mode, Policy, PolicyNetwork } from './policy.ts';
import type { RuleDecision } from './rule-decision.ts';
import type { EndpointChoice, NetworkRule, Rules, StackRules } from './rules.ts';

/** What the policy decides for one service, as the rest of the product needs it. */
export interface EffectivePolicy {
  readonly enforcement: Enforcement;
  /** Whether its account and region are in scope. */
  readonly isInScope: boolean;
  /** `audit`: planned actions are reported, not executed. */
  readonly mode: Mode;
  /** The rule that applies, or why none does; for people. */
  readonly because: string;
  /** Of the policy itself: an exception that has run out. */
  readonly findings: readonly Finding[];
  readonly rules: Rules;
  readonly decision: PolicyDecision;
}

/** How the policy decided, and by which facts of the service. */
export interface PolicyDecision extends Pick<RuleDecision, 'rule' | 'exception' | 'matchTrace'> {
  /** The tags that the policy or this product reads; no others leave the account. */
  readonly tags: Readonly<Record<string, string>>;
  /** The units above its account up to the root; `undefined` if nothing in the policy matches by units. */
  readonly units: readonly string[] | undefined;
}

export type DecisionInputs = Pick<PolicyDecision, 'tags' | 'units'>;

/** Evaluates the policy for a service with these tags. It may read the units of the account from AWS. */
export type PolicyEvaluator = (
  service: ServiceIdentity,
  tags: Readonly<Record<string, string>>,
) => Promise<EffectivePolicy>;

/** The decision and the policy → what holds for the service. Pure. */
export function effectivePolicyOf(
  ruleDecision: RuleDecision,
  decisionInputs: DecisionInputs,
  policy: Policy,
  service: ServiceIdentity,
  stack: StackRules,
): EffectivePolicy {
  const { rule, enforcement, mode, exception, matchTrace } = ruleDecision;
  return {
    enforcement,
    isInScope: true,
    // A service's own tag always acts where the rule leaves it to the tag.
    mode: enforcement === 'by-tag' ? 'enforce' : mode,
    because: rule === undefined ? 'no rule of the policy matches the service' : `the rule "${rule}" applies`,
    findings: exception?.state === 'expired' ? [expired(service, exception)] : [],
    rules: rulesFor(policy, service, stack, ruleDecision),
    decision: { rule, exception, matchTrace, ...decisionInputs },
  };
}

/** For a service in an account or region out of scope. */
export function outOfScopePolicy(
  why: string,
  policy: Policy,
  service: ServiceIdentity,
  stack: StackRules,
): EffectivePolicy {
  return {
    enforcement: 'ignored',
    isInScope: false,
    // Nothing is planned but to remove records once the service is gone.
    mode: 'enforce',
    because: why,
    findings: [],
    rules: rulesFor(policy, service, stack),
    decision: { rule: undefined, exception: undefined, matchTrace: [], tags: {}, units: undefined },
  };
}

function rulesFor(policy: Policy, service: ServiceIdentity, stack: StackRules, ruleDecision?: RuleDecision): Rules {
  const { account, region } = service;
  const here = policy.networks.filter((network) => network.account === account && network.region === region);
  const open = policy.networks.find(({ vpcId }) => vpcId === undefined);
  return {
    installation: stack.installation,
    ownerTag: stack.ownerTag,
    allowedZones: policy.zones.map(({ id, allowedNames: names }) => ({ id, names })),
    networks: here.flatMap((network) => (network.vpcId === undefined ? [] : [networkRule(network.vpcId, network)])),
    otherVpcs: open && {
      ...endpointChoice(open),
      ...(open.allowedVpcs === undefined ? {} : { allowedVpcs: open.allowedVpcs }),
    },
    domains: ruleDecision?.domains ?? [],
    claimableNames: ruleDecision === undefined ? [] : claimableNamesOf(policy, ruleDecision.names, service),
    reservedNames: reservedNamesOf(policy),
    mayAdopt: ruleDecision?.adopt ?? false,
    detachGrace: stack.detachGrace,
    onDetach: ruleDecision?.onDetach ?? stack.onDetach,
    onDeleteAttempt: ruleDecision?.onDeleteAttempt ?? stack.onDeleteAttempt,
    aliasStrategy: ruleDecision?.strategy ?? stack.aliasStrategy,
    cutover: ruleDecision?.cutover ?? stack.cutover,
    cutoverDeadline: ruleDecision?.cutoverDeadline ?? stack.cutoverDeadline,
    unobservableGrace: stack.unobservableGrace,
    endpointHourlyPrice: stack.endpointHourlyPrice,
  };
}

function networkRule(vpcId: string, network: PolicyNetwork): NetworkRule {
  const { endpoint, probe } = network;
  return {
    vpcId,
    ...endpointChoice(network),
    ...(endpoint.kind === 'given' ? { endpointId: endpoint.id } : {}),
    ...(probe === undefined ? {} : { probe }),
  };
}

function endpointChoice({ endpoint }: PolicyNetwork): EndpointChoice {
  if (endpoint.kind === 'given') return { subnetIds: [], securityGroupIds: [], allowFrom: [] };
  const { subnetIds, securityGroupIds, allowFrom } = endpoint;
  return { subnetIds, securityGroupIds, allowFrom };
}

function expired({ arn }: ServiceIdentity, { reason, until }: NonNullable<RuleDecision['exception']>): Finding {
  const message = `The exception "${reason}" held until ${until}; the service has to be private again.`;
  return finding('exception-expired', { resource: arn, message });
}
