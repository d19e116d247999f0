import { AppRunnerClient } from '@aws-sdk/client-apprunner';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { Route53Client } from '@aws-sdk/client-route-53';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { STSClient } from '@aws-sdk/client-sts';
import type { ClientConfig } from '../../shared/aws/client-config.ts';
import { errorMessage, errorName } from '../../shared/errors.ts';
import { endpointServiceName } from '../../shared/observe/network.ts';
import type { Issuers } from '../../shared/plan/observed.ts';
import { createKillSwitch } from '../../shared/reconcile/kill-switch.ts';
import type { ServiceSource } from '../policy/services.ts';
import { missingParameters, type ParameterValues, parameterValues } from '../stack/parameters.ts';
import type { StackTemplate } from '../stack/template.ts';
import { about, type DoctorCheck } from './check.ts';
import { type AppRunnerAnswer, askAppRunner, judgeAppRunner } from './checks/app-runner.ts';
import { askCaller, judgeCaller, judgeRegion } from './checks/caller.ts';
import { checkKillSwitch } from './checks/kill-switch.ts';
import { askVpc, type VpcFacts } from './checks/network.ts';
import { judgeNode } from './checks/node.ts';
import { askOrganization, judgeOrganization } from './checks/organization.ts';
import { askOtherStacks, judgeOtherStacks } from './checks/other-stacks.ts';
import { askPermissions, judgePermissions } from './checks/permissions.ts';
import { askPolicy, judgePolicy } from './checks/policy.ts';
import { askQuotas, judgeQuotas } from './checks/quotas.ts';
import { judgeSizes } from './checks/sizes.ts';
import { askStack, isOnlyBegun, judgeStack, type StackFacts } from './checks/stack.ts';
import { askTrails, judgeTrails } from './checks/trail.ts';
import { judgeVpc } from './checks/vpc.ts';
import { askZones, judgeZones, type ZonesFacts } from './checks/zones.ts';
import { deploymentActions, unknownTypes } from './deployment-actions.ts';

/** What is to be deployed, where, and how to ask. */
export interface Examination {
  readonly config: ClientConfig & { readonly region: string };
  /** Whether anything says this region; see {@link judgeRegion}. */
  readonly regionChosen: boolean;
  /** AWS_PROFILE, if it is set. */
  readonly profile: string | undefined;
  /** `process.version` */
  readonly nodeVersion: string;
  readonly stackName: string;
  readonly template: StackTemplate;
  /** Parameters that were given; the stack that is there keeps the others. */
  readonly given: Readonly<Record<string, string>>;
  /** The policy file that would be deployed, as an absolute path. */
  readonly policyFile: string | undefined;
  /** Reads the policy and the services of the stack. */
  policySource(): Promise<ServiceSource>;
  issuers(name: string): Promise<Issuers>;
}

/** Facts that more than one check needs. `undefined`: could not be read, which another check reports. */
type Known<Facts> = Facts | undefined;

/**
 * Everything that a deployment and the stack need, each read and checked separately: what cannot be read is
 * `unknown` and blocks no other check. Writes nothing.
 */
export async function examine(examination: Examination): Promise<readonly DoctorCheck[]> {
  const { config, stackName, template } = examination;
  const { region } = config;
  const caller = await askCaller(new STSClient(config));
  const first = [
    judgeNode(examination.nodeVersion),
    judgeCaller(caller, examination.profile),
    judgeRegion(region, examination.regionChosen),
  ];
  if (caller.kind === 'refused' || first.some(({ status }) => status === 'missing')) return first;
  const { account, arn } = caller;
  const cloudFormation = new CloudFormationClient(config);
  const stack = await asked('stack', stackName, () => askStack(cloudFormation, stackName));
  const parameters = parametersOf(examination, stack.facts);
  const vpcId = parameters.value('VpcId') ?? '';
  const { policyFile } = examination;
  const stackChecks = stack.checks((facts) => [judgeStack(facts, stackName, region)]);
  const isUsable = stackChecks.every(({ status }) => status === 'ok');
  const organizationId = parameters.value('OrganizationId') ?? '';
  const killSwitch = `/${stackName}/kill-switch`;
  const [switches, others, appRunner, vpc, zones, trails, quotas, organization, permissions, policy] =
    await Promise.all([
      stack.facts?.kind === 'present' && isUsable && !isOnlyBegun(stack.facts)
        ? [await checkKillSwitch(createKillSwitch(killSwitch, config), killSwitch, region)]
        : [],
      asked('other-stack', stackName, () => askOtherStacks(cloudFormation, stackName)),
      askAppRunner(new AppRunnerClient(config)),
      asked('vpc', vpcId, async () =>
        vpcId === '' ? undefined : askVpc(new EC2Client(config), vpcId, account, region),
      ),
      asked('zones', 'Route 53', () =>
        askZones(new Route53Client(config), parameters, region, (name) => examination.issuers(name)),
      ),
      asked('trail', `CloudTrail in ${region}`, () => askTrails(new CloudTrailClient(config))),
      asked('quotas', `Service Quotas in ${region}`, () => askQuotas(new ServiceQuotasClient(config))),
      asked('organization', organizationId, async () =>
        organizationId === '' ? undefined : askOrganization(new OrganizationsClient(config)),
      ),
      askPermissions(new IAMClient(config), arn, region, deploymentActions(template, { account, region, stackName })),
      asked('policy', policyFile ?? 'no policy file', () => askPolicy(examination, stack.facts, isUsable)),
    ]);
  // A VPC that is not one's own sees no zone that could be put right here.
  const zonesVpc = vpcId === '' || (vpc.facts !== undefined && vpc.facts.kind !== 'own') ? undefined : vpcId;
  // Reported once, not for each name.
  const nothingAllowed = parameters.list('AllowedZones').length === 0;
  return [
    ...first,
    judgeAppRunner(appRunner, region),
    ...judgePermissions(permissions, arn, unknownTypes(template)),
    judgeSizes(template, parameters, stackName),
    ...judgeParameters(missingParameters(template.Parameters, parameters), zones.facts),
    ...stackChecks,
    ...switches,
    ...policy.checks((facts) => judgePolicy(facts, parameters, account)),
    // Reported once, not for each stack.
    ...(stack.facts === undefined ? [] : others.checks((found) => [judgeOtherStacks(found, stackName, region)])),
    ...zones.checks((facts) => (nothingAllowed ? [] : judgeZones(facts, parameters, zonesVpc, region))),
    ...vpc.checks((facts) =>
      facts === undefined
        ? [withoutVpc(parameters, policyFile)]
        : judgeVpc(facts, parameters, { vpcId, account, region }),
    ),
    ...quotas.checks((facts) => judgeQuotas(facts, usage(vpc.facts, appRunner, region), region)),
    ...organization.checks((found) => (organizationId === '' ? [] : [judgeOrganization(found, organizationId)])),
    ...trails.checks((facts) => [judgeTrails(facts, account, region)]),
  ];
}

/** Facts that were read, or the check that states why they are unknown. */
async function asked<Facts>(id: string, subject: string, ask: () => Promise<Facts>) {
  try {
    const facts = await ask();
    return { facts, checks: (judge: (facts: Facts) => readonly DoctorCheck[]) => judge(facts) };
  } catch (error) {
    const evidence = `${errorName(error)}: ${errorMessage(error)}`;
    const unknown = about(id, subject).unknown(evidence, 'Ask again with credentials that may read it.');
    return { facts: undefined, checks: () => [unknown] };
  }
}

function parametersOf({ template, given }: Examination, stack: Known<StackFacts>): ParameterValues {
  return parameterValues(template.Parameters, given, stack?.kind === 'present' ? stack.parameters : {});
}

/** Whether any VPC is allowed where the stack has none of its own. */
function withoutVpc(parameters: ParameterValues, policyFile: string | undefined): DoctorCheck {
  const check = about('vpc', 'VpcId');
  if (policyFile !== undefined) return check.ok('not given: the networks of the policy file apply');
  if (parameters.list('AllowedVpcs').length > 0) {
    return check.ok('not given: each service names one of AllowedVpcs in the tag private-ingress:vpc');
  }
  return check.missing(
    'VpcId and AllowedVpcs are empty: every tag private-ingress:vpc is refused, and no service can be attached',
    'Give the VPC of the services, as in --param VpcId=vpc-…, or the VPCs that they may name, as in --param AllowedVpcs=vpc-….',
  );
}

function judgeParameters(missing: readonly string[], zones: Known<ZonesFacts>): readonly DoctorCheck[] {
  return missing.map((name) => {
    const check = about('parameters', name);
    const known = zones?.zones ?? [];
    if (name === 'AllowedZones' && known.length > 0) {
      const listed = known.map(({ id, name: zone, visibility }) => `${id} (${zone}, ${visibility})`).join(', ');
      const ids = known.map(({ id }) => id).join(',');
      const text = `This account has ${listed}: add those meant, as in --param AllowedZones=${ids}.`;
      return check.missing('is required, and not given', text);
    }
    return check.missing('is required, and not given', `Add --param '${name}=…' (docs/parameters.md).`);
  });
}

function usage(vpc: Known<VpcFacts | undefined>, appRunner: AppRunnerAnswer, region: string) {
  const endpoints = vpc?.kind === 'own' ? vpc.endpoints : undefined;
  const isThere = endpoints?.some(({ service }) => service === endpointServiceName(region)) === true;
  return {
    interfaceEndpoints: isThere ? undefined : endpoints?.filter(({ type }) => type === 'Interface').length,
    appRunnerServices: appRunner.kind === 'services' ? appRunner.count : undefined,
  };
}
