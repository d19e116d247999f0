import { type Finding, finding } from '../findings.ts';
import type { ServiceIdentity } from '../service-arn.ts';
import type { Mode, Policy, PolicyNetwork, Reach } from './policy.ts';
import type { Ruling } from './rule-decision.ts';
import type { EndpointChoice, NetworkRule, Rules, StackRules } from './rules.ts';

/** What the policy says of one service, as the rest of the product needs it. */
export interface Governed {
  readonly reach: Reach;
  /** Whether its account and region are. Nothing needs to be known of a service where they are not. */
  readonly isLookedAfter: boolean;
  /** `audit`: what is wanted is told and not done. */
  readonly mode: Mode;
  /** Which rule speaks for it, or why none does; for people. */
  readonly because: string;
  /** Of the policy itself: an exception that has run out. */
  readonly findings: readonly Finding[];
  readonly rules: Rules;
  readonly judgement: Judgement;
}

/** How the policy came to what it says, and by what of the service. */
export interface Judgement extends Pick<Ruling, 'rule' | 'exception' | 'trail'> {
  /** Those that the policy or the product goes by, and no others: what else a service is tagged with is its owner's affair. */
  readonly tags: Readonly<Record<string, string>>;
  /** The units above its account up to the root; `undefined` where nothing in the policy asks for them. */
  readonly units: readonly string[] | undefined;
}

export type JudgedBy = Pick<Judgement, 'tags' | 'units'>;

/** Asks the policy about a service with these tags. The units of an account may have to be asked of AWS. */
export type Govern = (service: ServiceIdentity, tags: Readonly<Record<string, string>>) => Promise<Governed>;

/** A ruling and the policy → what holds for the service. Pure. */
export function governedBy(
  ruling: Ruling,
  judgedBy: JudgedBy,
  policy: Policy,
  service: ServiceIdentity,
  stack: StackRules,
): Governed {
  const { rule, reach, mode, exception, trail } = ruling;
  return {
    reach,
    isLookedAfter: true,
    // A service's own tag always acts where the rule leaves it to the tag.
    mode: reach === 'by-tag' ? 'enforce' : mode,
    because: rule === undefined ? 'no rule of the policy matches the service' : `the rule "${rule}" says so`,
    findings: exception?.state === 'expired' ? [expired(service, exception)] : [],
    rules: rulesFor(policy, service, stack, ruling),
    judgement: { rule, exception, trail, ...judgedBy },
  };
}

/** For a service of an account or region that the policy does not look after. */
export function notGoverned(why: string, policy: Policy, service: ServiceIdentity, stack: StackRules): Governed {
  return {
    reach: 'ignored',
    isLookedAfter: false,
    mode: 'audit',
    because: why,
    findings: [],
    rules: rulesFor(policy, service, stack),
    judgement: { rule: undefined, exception: undefined, trail: [], tags: {}, units: undefined },
  };
}

function rulesFor(policy: Policy, { account, region }: ServiceIdentity, stack: StackRules, ruling?: Ruling): Rules {
  const here = policy.networks.filter((network) => network.account === account && network.region === region);
  const open = policy.networks.find(({ vpcId }) => vpcId === undefined);
  return {
    installation: policy.owner,
    allowedZones: policy.zones.map(({ id, allowedNames: names }) => ({ id, names })),
    networks: here.flatMap((network) => (network.vpcId === undefined ? [] : [networkRule(network.vpcId, network)])),
    otherVpcs: open === undefined ? undefined : endpointChoice(open),
    domains: ruling?.domains ?? [],
    detachGrace: stack.detachGrace,
    onDetach: ruling?.onDetach ?? stack.onDetach,
    aliasStrategy: ruling?.strategy ?? stack.aliasStrategy,
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

function expired({ arn }: ServiceIdentity, { reason, until }: NonNullable<Ruling['exception']>): Finding {
  const message = `The exception "${reason}" held until ${until}; the service has to be private again.`;
  return finding('exception-expired', { resource: arn, message });
}
