import type { RecordName } from './names.ts';

/**
 * The hosted zones behind App Runner's names, per region (docs/facts.md#app-runner-zone-ids). In other regions
 * there is no alias.
 */
export const appRunnerZones: Readonly<Record<string, string>> = {
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

/** Asked whether an AWS name may be the target of an alias; `dnsName` in lower case without the final dot. */
export type AliasTargets = (dnsName: string, hostedZoneId: string) => boolean;

/** Whether the name is App Runner's, in whatever region. */
export const isAppRunnerName = (target: RecordName): boolean => regionOf(target) !== undefined;

/** App Runner names of a region stand in the hosted zone of that region; Route 53 asks no more of an alias (inferred). */
export function isAppRunnerTarget(target: RecordName, hostedZoneId: string): boolean {
  const region = regionOf(target);
  return region !== undefined && appRunnerZones[region] === hostedZoneId;
}

const regionOf = (target: RecordName) => /\.([a-z0-9-]+)\.awsapprunner\.com\.$/.exec(target)?.[1];
