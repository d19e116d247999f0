import type {
  AutoScalingConfigurationSummary,
  HealthCheckConfiguration,
  InstanceConfiguration,
  NetworkConfiguration,
  SourceConfiguration,
  UpdateServiceRequest,
} from '@aws-sdk/client-apprunner';
import { invalidRequest } from './refusals.ts';
import { type AppRunnerPlace, arnOf, type ServiceConfiguration, type ServiceNetwork } from './resources.ts';

type Sent = Omit<UpdateServiceRequest, 'ServiceArn'>;

/** The configuration of a new service: what was sent, and AWS's defaults (API model) for the rest. */
export function newConfiguration(place: AppRunnerPlace, sent: Sent): ServiceConfiguration {
  return {
    source: source(place, sent.SourceConfiguration),
    instance: instance(sent.InstanceConfiguration),
    healthCheck: healthCheck(sent.HealthCheckConfiguration),
    autoScaling: autoScaling(place, sent.AutoScalingConfigurationArn),
    observability: sent.ObservabilityConfiguration ?? { ObservabilityEnabled: false },
    network: network(sent.NetworkConfiguration),
  };
}

/**
 * The configuration after an update: a member that was sent replaces the old one **as a whole**, the others stay.
 * That is why whoever changes the ingress has to send the egress along
 * (docs/facts.md#update-replaces-network-configuration).
 */
export function updatedConfiguration(
  place: AppRunnerPlace,
  current: ServiceConfiguration,
  sent: Sent,
): ServiceConfiguration {
  const replaced = newConfiguration(place, {
    ...sent,
    SourceConfiguration: sent.SourceConfiguration ?? current.source,
  });
  return {
    source: replaced.source,
    instance: sent.InstanceConfiguration ? replaced.instance : current.instance,
    healthCheck: sent.HealthCheckConfiguration ? replaced.healthCheck : current.healthCheck,
    autoScaling: sent.AutoScalingConfigurationArn ? replaced.autoScaling : current.autoScaling,
    observability: sent.ObservabilityConfiguration ? replaced.observability : current.observability,
    network: sent.NetworkConfiguration ? replaced.network : current.network,
  };
}

/** The roles that a request passes to App Runner, for which its caller needs iam:PassRole. */
export const passedRoles = (sent: Sent): readonly string[] =>
  [
    sent.InstanceConfiguration?.InstanceRoleArn,
    sent.SourceConfiguration?.AuthenticationConfiguration?.AccessRoleArn,
  ].filter((arn) => arn !== undefined);

export function describedNetwork(network: ServiceNetwork): NetworkConfiguration {
  const connector = network.vpcConnectorArn === undefined ? {} : { VpcConnectorArn: network.vpcConnectorArn };
  return {
    EgressConfiguration: { EgressType: network.egressType, ...connector },
    IngressConfiguration: { IsPubliclyAccessible: network.isPubliclyAccessible },
    IpAddressType: network.ipAddressType,
  };
}

function network(sent: NetworkConfiguration | undefined): ServiceNetwork {
  const egressType = sent?.EgressConfiguration?.EgressType ?? 'DEFAULT';
  const vpcConnectorArn = sent?.EgressConfiguration?.VpcConnectorArn;
  if (egressType === 'VPC' && vpcConnectorArn === undefined) {
    throw invalidRequest('VpcConnectorArn is required when EgressType is VPC.');
  }
  if (egressType === 'DEFAULT' && vpcConnectorArn !== undefined) {
    throw invalidRequest('VpcConnectorArn is only valid when EgressType is VPC.');
  }
  return {
    egressType,
    ...(vpcConnectorArn === undefined ? {} : { vpcConnectorArn }),
    isPubliclyAccessible: sent?.IngressConfiguration?.IsPubliclyAccessible ?? true,
    ipAddressType: sent?.IpAddressType ?? 'IPV4',
  };
}

/** Deployments are automatic unless the image is public or another account's (API model). */
function source({ account }: AppRunnerPlace, sent: SourceConfiguration | undefined): SourceConfiguration {
  const image = sent?.ImageRepository;
  if (sent === undefined || (image === undefined) === (sent.CodeRepository === undefined)) {
    throw invalidRequest('Exactly one of CodeRepository and ImageRepository must be provided in SourceConfiguration.');
  }
  const automatic = image === undefined || image.ImageIdentifier?.startsWith(`${account}.dkr.ecr.`) === true;
  return {
    ...sent,
    ...(image && { ImageRepository: { ...image, ImageConfiguration: { Port: '8080', ...image.ImageConfiguration } } }),
    AutoDeploymentsEnabled: sent.AutoDeploymentsEnabled ?? automatic,
  };
}

/** `1 vCPU` is returned as `1024`, `2 GB` as `2048` (captured). */
function instance(sent: InstanceConfiguration | undefined): InstanceConfiguration {
  return {
    Cpu: inUnits(sent?.Cpu ?? '1 vCPU', 'Cpu', / ?vCPU$/i),
    Memory: inUnits(sent?.Memory ?? '2 GB', 'Memory', / ?GB$/i),
    ...(sent?.InstanceRoleArn === undefined ? {} : { InstanceRoleArn: sent.InstanceRoleArn }),
  };
}

function inUnits(value: string, member: string, unit: RegExp): string {
  const amount = Number(value.replace(unit, ''));
  if (!(amount > 0)) throw invalidRequest(`Invalid ${member} value: ${value}.`);
  return unit.test(value) ? String(amount * 1024) : value;
}

const healthCheck = (sent: HealthCheckConfiguration | undefined): HealthCheckConfiguration => ({
  Protocol: sent?.Protocol ?? 'TCP',
  Path: sent?.Path ?? '/',
  Interval: sent?.Interval ?? 5,
  Timeout: sent?.Timeout ?? 2,
  HealthyThreshold: sent?.HealthyThreshold ?? 1,
  UnhealthyThreshold: sent?.UnhealthyThreshold ?? 5,
});

/** Auto scaling configurations are not modelled: an ARN is taken at its word, its revision read from it. */
function autoScaling(place: AppRunnerPlace, sent: string | undefined): AutoScalingConfigurationSummary {
  const arn = sent ?? arnOf(place, 'autoscalingconfiguration/DefaultConfiguration/1/00000000000000000000000000000001');
  const [, name, revision] = /:autoscalingconfiguration\/([^/]+)(?:\/(\d+))?/.exec(arn) ?? [];
  if (name === undefined) throw invalidRequest(`Invalid AutoScalingConfigurationArn: ${arn}.`);
  return {
    AutoScalingConfigurationArn: arn,
    AutoScalingConfigurationName: name,
    AutoScalingConfigurationRevision: Number(revision ?? 1),
  };
}
