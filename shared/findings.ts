import { DAY } from './duration.ts';

export type Severity = 'info' | 'warning' | 'error';

/** A higher one is worse. */
export const severityRank: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** What one kind of finding asks of people. */
interface FindingRemedy {
  readonly severity: Severity;
  readonly remedy: string;
}

/** And what it means; findings of a sweep use it too. */
export interface FindingDefinition extends FindingRemedy {
  readonly meaning: string;
}

/**
 * All findings: a closed list, from which `docs/findings.md` is generated. The file is long because it is one table. What each
 * means is in `finding-meanings.ts`: most functions do without it.
 * An `error` needs a person before the service can be ready; a `warning` will need one; an `info` is worth knowing.
 */
export const findingDefinitions = {
  'tag-value-unknown': {
    severity: 'error',
    remedy: 'Set the tag to one of the documented values.',
  },
  'tag-unknown': {
    severity: 'warning',
    remedy: 'Correct the key of the tag (docs/tags.md), or remove the tag.',
  },
  'tag-incomplete': {
    severity: 'warning',
    remedy: 'Tag the service with `private-ingress=enabled`, or remove the other tags.',
  },
  'domains-tag-missing': {
    severity: 'warning',
    remedy: 'Put the tag back to keep its names, or give it an empty value to remove them now.',
  },
  'alias-strategy-unknown': {
    severity: 'warning',
    remedy: 'Set the tag to `auto`, `endpoint` or `apprunner`, or remove it.',
  },
  'adopt-not-allowed': {
    severity: 'error',
    remedy:
      'Remove the tag, or let the owner of the stack allow it: `adopt: true` in the rule, or the parameter `AdoptAllowed`.',
  },
  'tag-missing': {
    severity: 'warning',
    remedy: 'Put the tag back to keep the service private, or set it to `disabled` to detach it now.',
  },
  'tag-overruled': {
    severity: 'warning',
    remedy: 'Correct the tag, or add an exception with a reason and an end to the policy.',
  },
  'tag-ignored': {
    severity: 'info',
    remedy: 'Remove the tag, or add a rule to the policy that matches the service.',
  },
  'exception-expired': {
    severity: 'warning',
    remedy: 'Renew the exception with a new date and reason, or remove it from the policy.',
  },
  audit: {
    severity: 'warning',
    remedy: 'Review the planned changes, then set the rule’s mode to `enforce`, or turn the kill switch off.',
  },
  'domain-invalid': {
    severity: 'error',
    remedy: 'Correct the name in the tag: letters, digits and hyphens in labels of at most 63 characters.',
  },
  'domain-not-allowed': {
    severity: 'error',
    remedy: 'Use a name that matches, or let the owner of the stack extend `AllowedNames`.',
  },
  'domain-held': {
    severity: 'error',
    remedy:
      'Use another name, or take the name out of the other service’s domains, tag that service `released`, or delete it. This service then gets the name at once.',
  },
  'domain-not-claimable': {
    severity: 'error',
    remedy:
      'Use a name that the message lists, or let the owner of the stack add it: `names` of the rule, or the parameter `ClaimableNames`.',
  },
  'domains-too-many': {
    severity: 'error',
    remedy: 'List at most five names.',
  },
  'zone-not-found': {
    severity: 'error',
    remedy: 'Create the zone (a public one is needed for the certificate), or correct the name in the tag.',
  },
  'zone-not-allowed': {
    severity: 'error',
    remedy: 'Let the owner of the stack add the zone id to `AllowedZones`, or use another name.',
  },
  'zone-shadowed': {
    severity: 'error',
    remedy:
      'Disassociate the closer zone from the VPC, or let the owner of the stack allow it: `AllowedZones`, and for a zone of another account a role (`ZoneRoleArn`, or `zones` of the policy file).',
  },
  'zone-ambiguous': {
    severity: 'error',
    remedy:
      'Pin one by the tag `private-ingress:zone`, take the others out of `AllowedZones`, or delete those that are not in use.',
  },
  'zone-not-delegated': {
    severity: 'error',
    remedy:
      'Let the zone above (or the registrar) name the name servers of this hosted zone (`dig NS <zone>` shows what it names), or pin the zone that public DNS leads to by the tag `private-ingress:zone`.',
  },
  'zone-tag-unused': {
    severity: 'warning',
    remedy: 'Correct the zone id in the tag, or remove it.',
  },
  'zone-not-associated': {
    severity: 'error',
    remedy: 'Associate the zone with the VPC. For the certificate a public zone is needed beside it.',
  },
  'vpc-not-given': {
    severity: 'error',
    remedy: 'Tag the service with `private-ingress:vpc=<vpc-id>`, or set `VpcId`.',
  },
  'vpc-not-found': {
    severity: 'error',
    remedy: 'Correct the tag `private-ingress:vpc` (or the stack’s `VpcId`).',
  },
  'vpc-not-allowed': {
    severity: 'error',
    remedy:
      'Use one of the VPCs that the message lists, or let the owner of the stack add it: `networks` of the policy file, or the parameter `AllowedVpcs`.',
  },
  'vpc-shared': {
    severity: 'error',
    remedy: 'Use a VPC of the service’s own account.',
  },
  'vpc-dns-off': {
    severity: 'error',
    remedy: 'Turn on `enableDnsSupport` of the VPC.',
  },
  'subnets-not-found': {
    severity: 'error',
    remedy: 'Create a subnet in one of the zones named, or list subnets in `EndpointSubnetIds`.',
  },
  'endpoint-not-found': {
    severity: 'error',
    remedy: 'Correct the tag, or remove it to use the existing endpoint.',
  },
  'endpoint-single-zone': {
    severity: 'info',
    remedy: 'Add a subnet of another zone to the endpoint.',
  },
  'endpoint-unused': {
    severity: 'info',
    remedy: 'Delete the endpoint, if nothing else needs it. The stack creates another one when a service needs it.',
  },
  'endpoint-unusable': {
    severity: 'error',
    remedy: 'Delete the endpoint (the stack then creates another one), or repair it.',
  },
  'endpoint-not-dual-stack': {
    severity: 'warning',
    remedy:
      'Give the subnets IPv6 ranges (one subnet per zone), and change the endpoint to the IP address type `dualstack` (or delete it; the stack creates a dual-stack one). Or make the service IPv4.',
  },
  'endpoint-closed': {
    severity: 'warning',
    remedy: 'Allow inbound TCP 443 from a range of the VPC in one of the endpoint’s security groups.',
  },
  'service-create-failed': {
    severity: 'error',
    remedy: 'Repair or delete the service in App Runner.',
  },
  'service-delete-failed': {
    severity: 'error',
    remedy: 'Delete it again; the stack removes what it wrote once the service is deleted.',
  },
  'connection-failed': {
    severity: 'warning',
    remedy: 'Check the endpoint and the VPC. The stack creates the connection again a few times.',
  },
  'connection-given-up': {
    severity: 'error',
    remedy: 'Check the endpoint and the VPC; then ask for a reconciliation of the service (`reconcile`).',
  },
  'connection-elsewhere': {
    severity: 'error',
    remedy: 'Delete that connection (a service has at most one), or tag the service with the VPC it leads to.',
  },
  'deletion-refused': {
    severity: 'warning',
    remedy:
      'To delete the service, `detach` it (or tag it `disabled`), wait until it is detached, and delete it again. To keep it, do nothing: the finding closes after a day.',
  },
  'connection-removed': {
    severity: 'warning',
    remedy:
      'None needed if the service is being deleted. To attach the service now, ask for a reconciliation of it (`reconcile`).',
  },
  'move-held': {
    severity: 'warning',
    remedy: 'Fix the findings named in the message, or take back the tag that names the other VPC or endpoint.',
  },
  'alias-fallback': {
    severity: 'info',
    remedy: 'None needed; set the strategy to `endpoint` or `auto` to close the finding.',
  },
  'caa-forbids': {
    severity: 'error',
    remedy: 'Add a CAA record `0 issue "amazon.com"` where the message says.',
  },
  'certificate-not-renewing': {
    severity: 'warning',
    remedy:
      'Look at the record in the public zone, see whether public DNS answers with it (`dig CNAME`), and give DNS a day. If it does and it stays so, the tag `private-ingress:reassociate` naming the domain gets a new certificate; it cuts the traffic meanwhile.',
  },
  'certificate-failed': {
    severity: 'error',
    remedy:
      'Usually a CAA record without amazon.com: correct it, then remove the domain from the tag and add it again.',
  },
  'domain-taken': {
    severity: 'error',
    remedy:
      'Use another name, or take it from the service that has it: a domain belongs to one service. A wildcard is possible only directly below the registered domain (`*.example.com`, not `*.app.example.com`).',
  },
  'www-not-claimed': {
    severity: 'error',
    remedy:
      'Add the other name to the domains tag, or disassociate the domain: the stack associates what the tag lists, without `www.`.',
  },
  'validation-record-foreign': {
    severity: 'error',
    remedy: 'Remove the record named, if nothing needs it.',
  },
  'still-public': {
    severity: 'warning',
    remedy: 'Fix the findings named in the message. `Cutover=immediately` makes it private without waiting for them.',
  },
  'cutover-ahead': {
    severity: 'info',
    remedy: 'None needed. To keep the service public, remove the tag or set it to `disabled`.',
  },
  'cut-after-deadline': {
    severity: 'error',
    remedy: 'Fix the findings of the names in the message; they are published once they can be.',
  },
  'rolled-back': {
    severity: 'error',
    remedy:
      'Grant or fix what the message names (`apprunner:CreateVpcIngressConnection` and `ec2:DescribeVpcs`, `DescribeVpcEndpoints`, `DescribeSubnets` to the stack’s role). Then attach the service again, or tag it `disabled` and `enabled`.',
  },
  'public-record-dead': {
    severity: 'warning',
    remedy: 'Delete the public record, if only clients inside the VPC need the name.',
  },
  'wildcard-hidden': {
    severity: 'warning',
    remedy: 'If public clients need the name, give it a record of its own in the public zone, equal to the wildcard’s.',
  },
  'record-foreign': {
    severity: 'error',
    remedy: 'Remove the record, or use another name.',
  },
  'ownership-lost': {
    severity: 'error',
    remedy: 'Remove the record, and the stack writes its own again; or remove the domain from the tag.',
  },
  'records-out-of-scope': {
    severity: 'warning',
    remedy:
      'Put the account back into scope, or delete the service. If the role of the account is gone too, remove the records by hand once the service is deleted, and then delete its row.',
  },
  'record-left': {
    severity: 'warning',
    remedy: 'Remove the record yourself, if nothing needs it.',
  },
  'dns-wrong': {
    severity: 'warning',
    remedy:
      'Compare the answer with the endpoint’s network interfaces; look for another zone or rule that answers for the name.',
  },
  'dns-unobservable': {
    severity: 'info',
    remedy: 'Give the stack a probe (`ProbeSubnetIds`, `ProbeSecurityGroupIds`) to observe it from inside the VPC.',
  },
  'no-longer-verified': {
    severity: 'warning',
    remedy: 'See the other finding of the service; the cause is usually DNS, a security group or the service itself.',
  },
  'name-unreachable': {
    severity: 'warning',
    remedy: 'See the message; usually a security group, a network ACL or a certificate.',
  },
  unobserved: {
    severity: 'error',
    remedy:
      'See the message: usually a permission, a quota, or an outage of AWS. The stack keeps trying; nothing else is needed once it can read again.',
  },
  'ledger-relearned': {
    severity: 'info',
    remedy:
      'If another owner associated one of the domains, tag the service `released` instead of detaching it. If the service was public before, make it public yourself after it is detached.',
  },
  'row-unreadable': {
    severity: 'error',
    remedy:
      'If a newer stack wrote it, deploy that version again. If it is damaged, delete the row (aws dynamodb delete-item --table-name <stack>-services --key {"serviceArn":{"S":"<service-arn>"}}): the next sweep makes a new one from what exists.',
  },
  overdue: {
    severity: 'warning',
    remedy: 'See the message for what the stack waits for.',
  },
  'access-denied': {
    severity: 'error',
    remedy:
      'Grant the action named to the role named. Where the message names an explicit deny, change the policy that denies.',
  },
  refused: {
    severity: 'error',
    remedy: 'See the message.',
  },
  contested: {
    severity: 'error',
    remedy:
      'Find out in CloudTrail who changes it, and decide which side is right. To continue before a day has passed, ask for a reconciliation of the service (`reconcile`). A tag that is put back does not help.',
  },
} as const satisfies Record<string, FindingRemedy>;

export type FindingCode = keyof typeof findingDefinitions;

/** What a person should know. `id` is stable: the same problem keeps its finding. */
export interface Finding {
  readonly id: string;
  readonly code: FindingCode;
  readonly severity: Severity;
  /** ARN or id of the subject. */
  readonly resource: string;
  readonly domain?: string;
  readonly message: string;
  readonly remedy: string;
}

/** A finding with the time it was first seen (milliseconds since the epoch). */
export interface OpenFinding extends Finding {
  readonly since: number;
  /** How many days it is open, of `AGES_DAYS`; absent before the first. */
  readonly agedDays?: number;
}

/** A finding that is open for so many days is reported again. */
const AGES_DAYS = [1, 7, 30] as const;

/** The last of `AGES_DAYS` that a finding has reached. @param since milliseconds since the epoch. */
export function agedDays(since: number, now: number): number | undefined {
  return AGES_DAYS.findLast((days) => now - since >= days * DAY);
}

export function finding(
  code: FindingCode,
  about: { resource: string; domain?: string; message: string; remedy?: string | undefined },
): Finding {
  const definition: FindingRemedy = findingDefinitions[code];
  return {
    id: [code, ...(about.domain === undefined ? [] : [about.domain]), about.resource].join(':'),
    code,
    severity: definition.severity,
    resource: about.resource,
    ...(about.domain === undefined ? {} : { domain: about.domain }),
    message: about.message,
    remedy: about.remedy ?? definition.remedy,
  };
}

/** The entry of the timeline for a finding that closed. */
export const closedText = ({ code, domain, resource }: Finding): string =>
  `finding ${code} closed (${domain ?? resource})`;

/** The current findings, each with the time since when it is open. */
export function keepSince(
  findings: readonly Finding[],
  before: readonly OpenFinding[],
  now: number,
): readonly OpenFinding[] {
  return findings.map((found) => {
    const since = before.find(({ id }) => id === found.id)?.since ?? now;
    const days = agedDays(since, now);
    return { ...found, since, ...(days === undefined ? {} : { agedDays: days }) };
  });
}
