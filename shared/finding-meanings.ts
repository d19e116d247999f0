import type { FindingCode } from './findings.ts';

/** Also of the finding of a sweep. */
export const endpointUnused =
  'No service uses this interface endpoint, which the stack created. It costs money every hour.';

/** What each finding means, for documents and messages. Only functions that write to people have it. */
export const findingMeanings: Readonly<Record<FindingCode, string>> = {
  'tag-value-unknown': 'The tag `private-ingress` (or one beside it) has an unknown value. The stack changes nothing.',
  'tag-unknown': 'A tag begins as the tags of this stack do, but is none of them. It is ignored.',
  'tag-incomplete': 'The service has tags such as `private-ingress:domains`, but not the tag `private-ingress`.',
  'domains-tag-missing':
    'One of the domains tags is missing. Its names are kept until the grace time ends, then removed.',
  'alias-strategy-unknown': 'The tag `private-ingress:alias` has an unknown value. The strategy of the stack is used.',
  'adopt-not-allowed':
    'The tag `private-ingress:adopt` names domains, but the policy does not let the service adopt records.',
  'tag-missing':
    'A managed service has lost its tag. The stack keeps everything until the grace time ends, then detaches the service.',
  'tag-overruled':
    'The tag asks to detach or release the service, but the policy requires it to be private. The policy wins.',
  'tag-ignored': 'The tag asks for a private service, but the policy ignores the service.',
  'exception-expired': 'The policy’s exception for the service has expired; the rule applies again.',
  audit:
    'There are changes to make, but they are only reported, because the rule’s mode is `audit`, the kill switch is on, or a held sweep holds the service.',
  'domain-invalid': 'A name in the domains tag is not a domain name.',
  'domain-not-allowed': 'A name in the domains tag does not match the stack’s `AllowedNames`.',
  'domain-held':
    'Another service holds the name, in this or another account. It stays with that service until the service releases it or is deleted.',
  'domain-not-claimable':
    'The policy does not let the service claim the name, or reserves the name for another service.',
  'domains-too-many':
    'More domains are listed than App Runner associates with one service (5); the ones past the fifth are ignored.',
  'zone-not-found': 'No hosted zone of this account holds the name.',
  'zone-not-allowed': 'The hosted zone that answers for the name is not in the stack’s `AllowedZones`.',
  'zone-shadowed':
    'In the VPC another private hosted zone answers for the name, because it is closer to it. The stack publishes nothing in the zone that it may write to: the name would not lead to the service. Zones that come by a Route 53 Profile are in no listing; the probe alone can see that one answers (`name-unreachable`).',
  'zone-ambiguous': 'Several hosted zones of one name hold the domain, and nothing decides which of them answers.',
  'zone-not-delegated':
    'Public DNS does not lead to the public hosted zone of the name, or does not answer with a validation record that exists there. The certificate cannot be issued, and where the zone is not reached none is requested. A warning where the certificate is in use: it cannot be renewed.',
  'zone-tag-unused':
    'The tag `private-ingress:zone` names a zone that the stack cannot use for any domain of the service.',
  'zone-not-associated': 'The only hosted zone that holds the name is private and not associated with the VPC.',
  'vpc-not-given': 'Neither the tag `private-ingress:vpc` nor the stack’s `VpcId` names a VPC.',
  'vpc-not-found': 'The VPC does not exist in this account and region.',
  'vpc-not-allowed': 'Services may not use the VPC in this account and region.',
  'vpc-shared':
    'The VPC belongs to another account (shared subnets). Users report that App Runner does not see endpoints there.',
  'vpc-dns-off': 'The VPC’s DNS resolver is off, so no name can answer in the VPC.',
  'subnets-not-found': 'The VPC has no subnet in a zone where the App Runner endpoint service is offered.',
  'endpoint-not-found':
    'The endpoint named in the tag `private-ingress:endpoint` is not an App Runner endpoint of the VPC.',
  'endpoint-single-zone': 'The endpoint has one network interface: when its zone fails, the service cannot be reached.',
  'endpoint-unused': endpointUnused,
  'endpoint-unusable': 'The VPC’s App Runner endpoint is in a state that AWS does not change.',
  'endpoint-not-dual-stack':
    'The service is dual-stack, but its endpoint has IPv4 addresses only, so IPv6 clients do not reach it.',
  'endpoint-closed': 'No security group of the endpoint is seen to let HTTPS (TCP 443) in from addresses of the VPC.',
  'service-create-failed':
    'The service was never created successfully. The stack leaves it alone, because every update would build it again.',
  'service-delete-failed': 'App Runner could not delete the service.',
  'connection-failed': 'App Runner reports the VPC ingress connection as failed (it gives no reason).',
  'connection-given-up':
    'The VPC ingress connection failed repeatedly; the stack does not create it again until something changes.',
  'connection-elsewhere':
    'The service has a VPC ingress connection that this stack did not create and that leads to another endpoint.',
  'deletion-refused':
    'A person or a tool tried to delete the service, and App Runner refused because the stack attached it. The stack keeps it attached, unless `OnDeleteAttempt` is `detach`.',
  'connection-removed':
    'The VPC ingress connection of another owner was deleted. The stack creates none of its own before the grace time (`DetachGrace`) is over, so that the service can be deleted.',
  'move-held':
    'The service is to be attached to another endpoint, and would not answer there yet. It stays attached to the one where it answers.',
  'alias-fallback': 'The requested alias strategy is not possible; the alias points at the endpoint instead.',
  'caa-forbids':
    'A CAA record forbids Amazon to issue a certificate for the domain, so the stack does not request one.',
  'certificate-not-renewing':
    'The certificate is in use, but App Runner no longer sees its validation record, so it will not be renewed.',
  'certificate-failed': 'App Runner could not get a certificate for the domain.',
  'domain-taken': 'App Runner refused to associate the domain: it belongs to another service, or cannot be associated.',
  'www-not-claimed':
    'The owner associated a domain together with its `www.` (EnableWWWSubdomain), and the service does not have both names. The stack validates no certificate for a name that the service does not have.',
  'validation-record-foreign': 'Another record exists at the name of a certificate validation record.',
  'still-public':
    'The service is live and stays public, because a step that must follow the cut is not possible yet. An error where the policy requires the service to be private.',
  'cutover-ahead':
    'A live service becomes private soon: the message says when, and which names stop answering publicly.',
  'cut-after-deadline':
    'The policy’s `cutoverDeadline` has passed, and the service was made private although names that led to it could not be replaced.',
  'rolled-back':
    'The service was made private, its VPC ingress connection could not be made, and it was made public again. It stays public.',
  'public-record-dead':
    'A public record leads to the service’s own public name, which does not answer while the service is private.',
  'wildcard-hidden':
    'The validation CNAME of a name makes the name exist in the public zone without records, so a wildcard there does not answer for it.',
  'record-foreign': 'A record that this stack did not write exists at the name. The stack leaves it alone.',
  'ownership-lost':
    'The record at the name is not what the stack wrote: it was changed or replaced. It counts as foreign, whatever the ownership TXT says, because whoever can write one TXT could claim it otherwise.',
  'records-out-of-scope':
    'The account or region of the service left the scope, and records that the stack wrote for it still exist. The stack reads the service by the role of the account, writes nothing there, and removes the records once the service is deleted.',
  'record-left': 'A record was changed since the stack wrote it, so it stayed when everything else was removed.',
  'dns-wrong': 'DNS answers with addresses that are not the endpoint’s, so the stack publishes nothing.',
  'dns-unobservable': 'The stack cannot observe the name, so the service is ready-unverified.',
  'no-longer-verified': 'The service answered from inside the VPC before, and does not now.',
  'name-unreachable':
    'From inside the VPC the published name does not answer over HTTPS. After three failed checks over five minutes it is an error, and the service is `degraded`.',
  unobserved:
    'For an hour the stack could not read what it has to know of the service, whatever the reason. The phase is `unknown`, and the stack changes nothing that it cannot see.',
  'ledger-relearned':
    'The stored state of the service was lost, and the stack learned again what it wrote. Detaching the service removes it all and leaves the service private.',
  'row-unreadable':
    'The stored state of the service is damaged, or a newer version of the stack wrote it. The stack leaves the service alone.',
  overdue: 'Something takes longer than expected. The stack still waits for it.',
  'access-denied': 'The stack’s role lacks a permission. The stack concludes nothing from it.',
  refused: 'AWS refused an action for a permanent reason.',
  contested: 'Something was reversed repeatedly within 24 hours; the stack no longer repairs it.',
};
