import type { RecordSet } from './record-set.ts';

export const aliasStrategies = ['auto', 'endpoint', 'apprunner'] as const;
export type AliasStrategy = (typeof aliasStrategies)[number];

/** Hosted zone ids of App Runner's own names, by region (docs/facts.md#app-runner-zone-ids). */
export const appRunnerZoneIds: Readonly<Record<string, string>> = {
  'us-east-1': 'Z01915732ZBZKC8D32TPT',
  'us-east-2': 'Z0224347AD7KVHMLOX31',
  'us-west-2': 'Z02243383FTQ64HJ5772Q',
  'ap-south-1': 'Z00855883LBHKTIC4ODF2',
  'ap-southeast-1': 'Z09819469CZ3KQ8PWMCL',
  'ap-southeast-2': 'Z03657752RA8799S0TI5I',
  'ap-northeast-1': 'Z08491812XW6IPYLR6CCA',
  'eu-central-1': 'Z0334911C2FDI2Q9M4FZ',
  'eu-west-1': 'Z087551914Z2PCAU0QHMW',
  'eu-west-2': 'Z098228427VC6B3IX76ON',
  'eu-west-3': 'Z087117439MBKHYM69QS6',
};

export interface AliasTarget {
  readonly strategy: 'endpoint' | 'apprunner';
  /** Normalized. */
  readonly name: string;
  readonly zoneId: string;
}

/**
 * What an alias points at. `auto`: the endpoint in private zones, the App Runner name in public ones;
 * where App Runner's zone id is not known for the region, the endpoint.
 *
 * @param appRunnerName the domain's `VpcDNSTargets` name for the VPC, or the connection's `DomainName`.
 */
export function aliasTarget(
  strategy: AliasStrategy,
  zoneVisibility: 'public' | 'private',
  region: string,
  endpoint: { readonly name: string; readonly zoneId: string },
  appRunnerName: string,
): AliasTarget {
  const zoneId = appRunnerZoneIds[region];
  const wanted = strategy === 'auto' ? (zoneVisibility === 'private' ? 'endpoint' : 'apprunner') : strategy;
  return wanted === 'apprunner' && zoneId !== undefined
    ? { strategy: 'apprunner', name: appRunnerName, zoneId }
    : { strategy: 'endpoint', ...endpoint };
}

/** A always, AAAA only for dual-stack services (docs/facts.md#address-types). EvaluateTargetHealth is always false. */
export function aliasRecords(name: string, target: AliasTarget, dualStack: boolean): readonly RecordSet[] {
  const types = dualStack ? ['A', 'AAAA'] : ['A'];
  return types.map((type) => ({
    name,
    type,
    content: { kind: 'alias', target: target.name, targetZoneId: target.zoneId, evaluateTargetHealth: false },
  }));
}
