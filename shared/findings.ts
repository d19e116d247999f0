import { DAY } from './duration.ts';

export type Severity = 'info' | 'warning' | 'error';

/** A higher one is worse. */
export const severityRank: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** What one kind of finding means to people; findings of a sweep use it too. */
export interface FindingDefinition {
  readonly severity: Severity;
  readonly meaning: string;
  readonly remedy: string;
}

/**
 * All findings: a closed list, from which `docs/findings.md` is generated. The file is long because it is one table.
 * An `error` needs a person before the service can be ready; a `warning` will need one; an `info` is worth knowing.
 */
export const findingDefinitions = {
  'tag-value-unknown': {
    severity: 'error',
    meaning: 'The tag `private-ingress` (or one beside it) has an unknown value. The stack changes nothing.',
    remedy: 'Set the tag to one of the documented values.',
  },
  'tag-unknown': {
    severity: 'warning',
    meaning: 'A tag begins as the tags of this stack do, but is none of them. It is ignored.',
    remedy: 'Correct the key of the tag (docs/tags.md), or remove the tag.',
  },
  'tag-incomplete': {
    severity: 'warning',
    meaning: 'The service has tags such as `private-ingress:domains`, but not the tag `private-ingress`.',
    remedy: 'Tag the service with `private-ingress=enabled`, or remove the other tags.',
  },
  'domains-tag-missing': {
    severity: 'warning',
    meaning: 'One of the domains tags is missing. Its names are kept until the grace time ends, then removed.',
    remedy: 'Put the tag back to keep its names, or give it an empty value to remove them now.',
  },
  'alias-strategy-unknown': {
    severity: 'warning',
    meaning: 'The tag `private-ingress:alias` has an unknown value. The strategy of the stack is used.',
    remedy: 'Set the tag to `auto`, `endpoint` or `apprunner`, or remove it.',
  },
  'adopt-not-allowed': {
    severity: 'error',
    meaning: 'The tag `private-ingress:adopt` names domains, but the policy does not let the service adopt records.',
    remedy:
      'Remove the tag, or let the owner of the stack allow it: `adopt: true` in the rule, or the parameter `AdoptAllowed`.',
  },
  'tag-missing': {
    severity: 'warning',
    meaning:
      'A managed service has lost its tag. The stack keeps everything until the grace time ends, then detaches the service.',
    remedy: 'Put the tag back to keep the service private, or set it to `disabled` to detach it now.',
  },
  'tag-overruled': {
    severity: 'warning',
    meaning:
      'The tag asks to detach or release the service, but the policy requires it to be private. The policy wins.',
    remedy: 'Correct the tag, or add an exception with a reason and an end to the policy.',
  },
  'tag-ignored': {
    severity: 'info',
    meaning: 'The tag asks for a private service, but the policy ignores the service.',
    remedy: 'Remove the tag, or add a rule to the policy that matches the service.',
  },
  'exception-expired': {
    severity: 'warning',
    meaning: 'The policy’s exception for the service has expired; the rule applies again.',
    remedy: 'Renew the exception with a new date and reason, or remove it from the policy.',
  },
  audit: {
    severity: 'warning',
    meaning:
      'There are changes to make, but they are only reported, because the rule’s mode is `audit`, the kill switch is on, or a held sweep holds the service.',
    remedy: 'Review the planned changes, then set the rule’s mode to `enforce`, or turn the kill switch off.',
  },
  'domain-invalid': {
    severity: 'error',
    meaning: 'A name in the domains tag is not a domain name.',
    remedy: 'Correct the name in the tag: letters, digits and hyphens in labels of at most 63 characters.',
  },
  'domain-not-allowed': {
    severity: 'error',
    meaning: 'A name in the domains tag does not match the stack’s `AllowedNames`.',
    remedy: 'Use a name that matches, or let the owner of the stack extend `AllowedNames`.',
  },
  'domain-held': {
    severity: 'error',
    meaning:
      'Another service holds the name, in this or another account. It stays with that service until the service releases it or is deleted.',
    remedy:
      'Use another name, or take the name out of the other service’s domains, tag that service `released`, or delete it. This service then gets the name at once.',
  },
  'domain-not-claimable': {
    severity: 'error',
    meaning: 'The policy does not let the service claim the name, or reserves the name for another service.',
    remedy:
      'Use a name that the message lists, or let the owner of the stack add it: `names` of the rule, or the parameter `ClaimableNames`.',
  },
  'domains-too-many': {
    severity: 'error',
    meaning:
      'More domains are listed than App Runner associates with one service (5); the ones past the fifth are ignored.',
    remedy: 'List at most five names.',
  },
  'zone-not-found': {
    severity: 'error',
    meaning: 'No hosted zone of this account holds the name.',
    remedy: 'Create the zone (a public one is needed for the certificate), or correct the name in the tag.',
  },
  'zone-not-allowed': {
    severity: 'error',
    meaning: 'The hosted zone that answers for the name is not in the stack’s `AllowedZones`.',
    remedy: 'Let the owner of the stack add the zone id to `AllowedZones`, or use another name.',
  },
  'zone-shadowed': {
    severity: 'error',
    meaning:
      'In the VPC another private hosted zone answers for the name, because it is closer to it. The stack publishes nothing in the zone that it may write to: the name would not lead to the service. Zones that come by a Route 53 Profile are in no listing; the probe alone can see that one answers (`name-unreachable`).',
    remedy:
      'Disassociate the closer zone from the VPC, or let the owner of the stack allow it: `AllowedZones`, and for a zone of another account a role (`ZoneRoleArn`, or `zones` of the policy file).',
  },
  'zone-ambiguous': {
    severity: 'error',
    meaning: 'Several hosted zones of one name hold the domain, and nothing decides which of them answers.',
    remedy:
      'Pin one by the tag `private-ingress:zone`, take the others out of `AllowedZones`, or delete those that are not in use.',
  },
  'zone-not-delegated': {
    severity: 'error',
    meaning:
      'Public DNS does not lead to the public hosted zone of the name, or does not answer with a validation record that exists there. The certificate cannot be issued, and where the zone is not reached none is requested. A warning where the certificate is in use: it cannot be renewed.',
    remedy:
      'Let the zone above (or the registrar) name the name servers of this hosted zone (`dig NS <zone>` shows what it names), or pin the zone that public DNS leads to by the tag `private-ingress:zone`.',
  },
  'zone-tag-unused': {
    severity: 'warning',
    meaning: 'The tag `private-ingress:zone` names a zone that the stack cannot use for any domain of the service.',
    remedy: 'Correct the zone id in the tag, or remove it.',
  },
  'zone-not-associated': {
    severity: 'error',
    meaning: 'The only hosted zone that holds the name is private and not associated with the VPC.',
    remedy: 'Associate the zone with the VPC. For the certificate a public zone is needed beside it.',
  },
  'vpc-not-given': {
    severity: 'error',
    meaning: 'Neither the tag `private-ingress:vpc` nor the stack’s `VpcId` names a VPC.',
    remedy: 'Tag the service with `private-ingress:vpc=<vpc-id>`, or set `VpcId`.',
  },
  'vpc-not-found': {
    severity: 'error',
    meaning: 'The VPC does not exist in this account and region.',
    remedy: 'Correct the tag `private-ingress:vpc` (or the stack’s `VpcId`).',
  },
  'vpc-not-allowed': {
    severity: 'error',
    meaning: 'Services may not use the VPC in this account and region.',
    remedy:
      'Use one of the VPCs that the message lists, or let the owner of the stack add it: `networks` of the policy file, or the parameter `AllowedVpcs`.',
  },
  'vpc-shared': {
    severity: 'error',
    meaning:
      'The VPC belongs to another account (shared subnets). Users report that App Runner does not see endpoints there.',
    remedy: 'Use a VPC of the service’s own account.',
  },
  'vpc-dns-off': {
    severity: 'error',
    meaning: 'The VPC’s DNS resolver is off, so no name can answer in the VPC.',
    remedy: 'Turn on `enableDnsSupport` of the VPC.',
  },
  'subnets-not-found': {
    severity: 'error',
    meaning: 'The VPC has no subnet in a zone where the App Runner endpoint service is offered.',
    remedy: 'Create a subnet in one of the zones named, or list subnets in `EndpointSubnetIds`.',
  },
  'endpoint-not-found': {
    severity: 'error',
    meaning: 'The endpoint named in the tag `private-ingress:endpoint` is not an App Runner endpoint of the VPC.',
    remedy: 'Correct the tag, or remove it to use the existing endpoint.',
  },
  'endpoint-single-zone': {
    severity: 'info',
    meaning: 'The endpoint has one network interface: when its zone fails, the service cannot be reached.',
    remedy: 'Add a subnet of another zone to the endpoint.',
  },
  'endpoint-unused': {
    severity: 'info',
    meaning: 'No service uses this interface endpoint, which the stack created. It costs money every hour.',
    remedy: 'Delete the endpoint, if nothing else needs it. The stack creates another one when a service needs it.',
  },
  'endpoint-unusable': {
    severity: 'error',
    meaning: 'The VPC’s App Runner endpoint is in a state that AWS does not change.',
    remedy: 'Delete the endpoint (the stack then creates another one), or repair it.',
  },
  'endpoint-not-dual-stack': {
    severity: 'warning',
    meaning: 'The service is dual-stack, but its endpoint has IPv4 addresses only, so IPv6 clients do not reach it.',
    remedy:
      'Give the subnets IPv6 ranges (one subnet per zone), and change the endpoint to the IP address type `dualstack` (or delete it; the stack creates a dual-stack one). Or make the service IPv4.',
  },
  'endpoint-closed': {
    severity: 'warning',
    meaning: 'No security group of the endpoint is seen to let HTTPS (TCP 443) in from addresses of the VPC.',
    remedy: 'Allow inbound TCP 443 from a range of the VPC in one of the endpoint’s security groups.',
  },
  'service-create-failed': {
    severity: 'error',
    meaning:
      'The service was never created successfully. The stack leaves it alone, because every update would build it again.',
    remedy: 'Repair or delete the service in App Runner.',
  },
  'service-delete-failed': {
    severity: 'error',
    meaning: 'App Runner could not delete the service.',
    remedy: 'Delete it again; the stack removes what it wrote once the service is deleted.',
  },
  'connection-failed': {
    severity: 'warning',
    meaning: 'App Runner reports the VPC ingress connection as failed (it gives no reason).',
    remedy: 'Check the endpoint and the VPC. The stack creates the connection again a few times.',
  },
  'connection-given-up': {
    severity: 'error',
    meaning:
      'The VPC ingress connection failed repeatedly; the stack does not create it again until something changes.',
    remedy: 'Check the endpoint and the VPC; then ask for a reconciliation of the service (`reconcile`).',
  },
  'connection-elsewhere': {
    severity: 'error',
    meaning:
      'The service has a VPC ingress connection that this stack did not create and that leads to another endpoint.',
    remedy: 'Delete that connection (a service has at most one), or tag the service with the VPC it leads to.',
  },
  'deletion-refused': {
    severity: 'warning',
    meaning:
      'A person or a tool tried to delete the service, and App Runner refused because the stack attached it. The stack keeps it attached, unless `OnDeleteAttempt` is `detach`.',
    remedy:
      'To delete the service, `detach` it (or tag it `disabled`), wait until it is detached, and delete it again. To keep it, do nothing: the finding closes after a day.',
  },
  'connection-removed': {
    severity: 'warning',
    meaning:
      'The VPC ingress connection of another owner was deleted. The stack creates none of its own before the grace time (`DetachGrace`) is over, so that the service can be deleted.',
    remedy:
      'None needed if the service is being deleted. To attach the service now, ask for a reconciliation of it (`reconcile`).',
  },
  'move-held': {
    severity: 'warning',
    meaning:
      'The service is to be attached to another endpoint, and would not answer there yet. It stays attached to the one where it answers.',
    remedy: 'Fix the findings named in the message, or take back the tag that names the other VPC or endpoint.',
  },
  'alias-fallback': {
    severity: 'info',
    meaning: 'The requested alias strategy is not possible; the alias points at the endpoint instead.',
    remedy: 'None needed; set the strategy to `endpoint` or `auto` to close the finding.',
  },
  'caa-forbids': {
    severity: 'error',
    meaning: 'A CAA record forbids Amazon to issue a certificate for the domain, so the stack does not request one.',
    remedy: 'Add a CAA record `0 issue "amazon.com"` where the message says.',
  },
  'certificate-not-renewing': {
    severity: 'warning',
    meaning:
      'The certificate is in use, but App Runner no longer sees its validation record, so it will not be renewed.',
    remedy:
      'Look at the record in the public zone, see whether public DNS answers with it (`dig CNAME`), and give DNS a day. If it does and it stays so, the tag `private-ingress:reassociate` naming the domain gets a new certificate; it cuts the traffic meanwhile.',
  },
  'certificate-failed': {
    severity: 'error',
    meaning: 'App Runner could not get a certificate for the domain.',
    remedy:
      'Usually a CAA record without amazon.com: correct it, then remove the domain from the tag and add it again.',
  },
  'domain-taken': {
    severity: 'error',
    meaning: 'App Runner refused to associate the domain: it belongs to another service, or cannot be associated.',
    remedy:
      'Use another name, or take it from the service that has it: a domain belongs to one service. A wildcard is possible only directly below the registered domain (`*.example.com`, not `*.app.example.com`).',
  },
  'www-not-claimed': {
    severity: 'error',
    meaning:
      'The owner associated a domain together with its `www.` (EnableWWWSubdomain), and the service does not have both names. The stack validates no certificate for a name that the service does not have.',
    remedy:
      'Add the other name to the domains tag, or disassociate the domain: the stack associates what the tag lists, without `www.`.',
  },
  'validation-record-foreign': {
    severity: 'error',
    meaning: 'Another record exists at the name of a certificate validation record.',
    remedy: 'Remove the record named, if nothing needs it.',
  },
  'still-public': {
    severity: 'warning',
    meaning:
      'The service is live and stays public, because a step that must follow the cut is not possible yet. An error where the policy requires the service to be private.',
    remedy: 'Fix the findings named in the message. `Cutover=immediately` makes it private without waiting for them.',
  },
  'cutover-ahead': {
    severity: 'info',
    meaning: 'A live service becomes private soon: the message says when, and which names stop answering publicly.',
    remedy: 'None needed. To keep the service public, remove the tag or set it to `disabled`.',
  },
  'cut-after-deadline': {
    severity: 'error',
    meaning:
      'The policy’s `cutoverDeadline` has passed, and the service was made private although names that led to it could not be replaced.',
    remedy: 'Fix the findings of the names in the message; they are published once they can be.',
  },
  'rolled-back': {
    severity: 'error',
    meaning:
      'The service was made private, its VPC ingress connection could not be made, and it was made public again. It stays public.',
    remedy:
      'Grant or fix what the message names (`apprunner:CreateVpcIngressConnection` and `ec2:DescribeVpcs`, `DescribeVpcEndpoints`, `DescribeSubnets` to the stack’s role). Then attach the service again, or tag it `disabled` and `enabled`.',
  },
  'public-record-dead': {
    severity: 'warning',
    meaning:
      'A public record leads to the service’s own public name, which does not answer while the service is private.',
    remedy: 'Delete the public record, if only clients inside the VPC need the name.',
  },
  'wildcard-hidden': {
    severity: 'warning',
    meaning:
      'The validation CNAME of a name makes the name exist in the public zone without records, so a wildcard there does not answer for it.',
    remedy: 'If public clients need the name, give it a record of its own in the public zone, equal to the wildcard’s.',
  },
  'record-foreign': {
    severity: 'error',
    meaning: 'A record that this stack did not write exists at the name. The stack leaves it alone.',
    remedy: 'Remove the record, or use another name.',
  },
  'ownership-lost': {
    severity: 'error',
    meaning:
      'The record at the name is not what the stack wrote: it was changed or replaced. It counts as foreign, whatever the ownership TXT says, because whoever can write one TXT could claim it otherwise.',
    remedy: 'Remove the record, and the stack writes its own again; or remove the domain from the tag.',
  },
  'records-out-of-scope': {
    severity: 'warning',
    meaning:
      'The account or region of the service left the scope, and records that the stack wrote for it still exist. The stack reads the service by the role of the account, writes nothing there, and removes the records once the service is deleted.',
    remedy:
      'Put the account back into scope, or delete the service. If the role of the account is gone too, remove the records by hand once the service is deleted, and then delete its row.',
  },
  'record-left': {
    severity: 'warning',
    meaning: 'A record was changed since the stack wrote it, so it stayed when everything else was removed.',
    remedy: 'Remove the record yourself, if nothing needs it.',
  },
  'dns-wrong': {
    severity: 'warning',
    meaning: 'DNS answers with addresses that are not the endpoint’s, so the stack publishes nothing.',
    remedy:
      'Compare the answer with the endpoint’s network interfaces; look for another zone or rule that answers for the name.',
  },
  'dns-unobservable': {
    severity: 'info',
    meaning: 'The stack cannot observe the name, so the service is ready-unverified.',
    remedy: 'Give the stack a probe (`ProbeSubnetIds`, `ProbeSecurityGroupIds`) to observe it from inside the VPC.',
  },
  'no-longer-verified': {
    severity: 'warning',
    meaning: 'The service answered from inside the VPC before, and does not now.',
    remedy: 'See the other finding of the service; the cause is usually DNS, a security group or the service itself.',
  },
  'name-unreachable': {
    severity: 'warning',
    meaning:
      'From inside the VPC the published name does not answer over HTTPS. After three failed checks over five minutes it is an error, and the service is `degraded`.',
    remedy: 'See the message; usually a security group, a network ACL or a certificate.',
  },
  unobserved: {
    severity: 'error',
    meaning:
      'For an hour the stack could not read what it has to know of the service, whatever the reason. The phase is `unknown`, and the stack changes nothing that it cannot see.',
    remedy:
      'See the message: usually a permission, a quota, or an outage of AWS. The stack keeps trying; nothing else is needed once it can read again.',
  },
  'ledger-relearned': {
    severity: 'info',
    meaning:
      'The stored state of the service was lost, and the stack learned again what it wrote. Detaching the service removes it all and leaves the service private.',
    remedy:
      'If another owner associated one of the domains, tag the service `released` instead of detaching it. If the service was public before, make it public yourself after it is detached.',
  },
  'row-unreadable': {
    severity: 'error',
    meaning:
      'The stored state of the service is damaged, or a newer version of the stack wrote it. The stack leaves the service alone.',
    remedy:
      'If a newer stack wrote it, deploy that version again. If it is damaged, delete the row (aws dynamodb delete-item --table-name <stack>-services --key {"serviceArn":{"S":"<service-arn>"}}): the next sweep makes a new one from what exists.',
  },
  overdue: {
    severity: 'warning',
    meaning: 'Something takes longer than expected. The stack still waits for it.',
    remedy: 'See the message for what the stack waits for.',
  },
  'access-denied': {
    severity: 'error',
    meaning: 'The stack’s role lacks a permission. The stack concludes nothing from it.',
    remedy:
      'Grant the action named to the role named. Where the message names an explicit deny, change the policy that denies.',
  },
  refused: {
    severity: 'error',
    meaning: 'AWS refused an action for a permanent reason.',
    remedy: 'See the message.',
  },
  contested: {
    severity: 'error',
    meaning: 'Something was reversed repeatedly within 24 hours; the stack no longer repairs it.',
    remedy:
      'Find out in CloudTrail who changes it, and decide which side is right. To continue before a day has passed, ask for a reconciliation of the service (`reconcile`). A tag that is put back does not help.',
  },
} as const satisfies Record<string, FindingDefinition>;

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
  const definition: FindingDefinition = findingDefinitions[code];
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
