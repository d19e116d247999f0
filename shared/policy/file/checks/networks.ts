import type { PartialPolicyDocument } from '../partial-document.ts';
import { eachRepeated, type Report } from './report.ts';

const FOR_NEW_ENDPOINTS = ['subnets', 'securityGroups', 'allowFrom'] as const;

/** Networks that stand in the list twice, and settings of theirs that have no effect. */
export function checkNetworks({ networks }: PartialPolicyDocument, report: Report): void {
  eachRepeated(
    networks.items,
    ({ value: { account, region, vpc } }) => `${account} ${region} ${vpc}`,
    ({ path, value }) =>
      report(
        [...path, 'vpc'],
        `${value.vpc} is given twice for ${value.account} in ${value.region}; expected one network for each VPC`,
      ),
  );
  eachRepeated(
    networks.items.filter(({ value }) => value.endpoint !== undefined),
    ({ value }) => value.endpoint ?? '',
    ({ path, value }) =>
      report(
        [...path, 'endpoint'],
        `${value.endpoint} is given to another network already; expected the endpoint of ${value.vpc}`,
      ),
  );
  for (const { path, value } of networks.items) {
    if (value.endpoint !== undefined) {
      for (const key of FOR_NEW_ENDPOINTS.filter((key) => value[key] !== undefined)) {
        report(
          [...path, key],
          `"${key}" has no effect beside "endpoint", as none is created; expected one or the other`,
          'key',
        );
      }
    } else if (value.securityGroups !== undefined && value.allowFrom !== undefined) {
      report(
        [...path, 'allowFrom'],
        '"allowFrom" has no effect beside "securityGroups", as no group is created; expected one or the other',
        'key',
      );
    }
  }
}
