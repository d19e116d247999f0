import * as z from 'zod';
import { DOMAINS_PER_SERVICE } from '../../domains-per-service.ts';
import { aliasStrategies } from '../../records/alias.ts';
import { cutovers, deleteAttempts } from '../policy.ts';
import {
  accountId,
  addressRange,
  claimPattern,
  day,
  domainTemplate,
  duration,
  endpointId,
  externalId,
  functionName,
  installationName,
  limit,
  listOf,
  mapping,
  namePattern,
  oneOf,
  reasonText,
  regionName,
  roleArn,
  ruleName,
  securityGroupId,
  serviceGlob,
  subnetId,
  tagGlob,
  tagKey,
  unitId,
  vpcId,
  zoneId,
  zoneName,
} from './formats.ts';

/**
 * The policy file: every key, what it takes and what it means. The JSON Schema for editors and `docs/policy.md` are made
 * from it, and `policy.json`, which the functions read, is a document of this form.
 */

const matchShape = {
  accounts: listOf(accountId, 'account ids').describe('Ids of accounts, 12 digits in quotes.').exactOptional(),
  units: listOf(unitId, 'ids of organisational units')
    .describe('Ids of organisational units, or of the root. An account is in a unit also when it is in one below it.')
    .exactOptional(),
  regions: listOf(regionName, 'regions').describe('Regions.').exactOptional(),
  services: listOf(serviceGlob, 'patterns of service names')
    .describe('Patterns of service names: `*` stands for any text, `?` for one character; case counts.')
    .exactOptional(),
  tags: z
    .record(tagKey, tagGlob, { error: 'tag keys, each with a pattern of its value' })
    .describe('Keys of tags, each with a pattern of its value (`*`, `?`); all of them have to match. `"*"`: any value.')
    .exactOptional(),
};
const match = mapping(matchShape, 'what to match: accounts, units, regions, services or tags');

export const networkSchema = mapping(
  {
    account: accountId.describe('Id of the account the VPC is in.'),
    region: regionName.describe('Region the VPC is in.'),
    vpc: vpcId.describe('Id of the VPC.'),
    endpoint: endpointId
      .describe(
        'Id of the interface endpoint to use. Without it: the endpoint for App Runner that exists in the VPC; if there is none, the stack creates one.',
      )
      .exactOptional(),
    subnets: listOf(subnetId, 'ids of subnets')
      .describe(
        'Subnets for an endpoint that has to be created, at most one for each availability zone is used. Without it: one in every zone of the VPC that App Runner offers.',
      )
      .exactOptional(),
    securityGroups: listOf(securityGroupId, 'ids of security groups')
      .describe(
        'Security groups for an endpoint that has to be created; they must let TCP 443 in. Without it: one is created that lets in `allowFrom`.',
      )
      .exactOptional(),
    allowFrom: listOf(addressRange, 'ranges of addresses')
      .describe(
        'Ranges of addresses that the security group lets in, where one has to be created. Without it: those of the VPC.',
      )
      .exactOptional(),
    probe: functionName
      .describe(
        'Name of the probe function in that account and region, which checks from inside the VPC. Without it: names are checked in public DNS.',
      )
      .exactOptional(),
  },
  'a network: account, region, vpc',
);

export const zoneSchema = mapping(
  {
    name: zoneName.describe('Name of the hosted zone.'),
    id: zoneId.describe('Id of the hosted zone.'),
    visibility: oneOf(['public', 'private']).describe(
      'Certificates are validated in public zones only; inside a VPC, a private zone goes before the public one.',
    ),
    role: roleArn
      .describe(
        'Role by which a zone of another account is read: the `<stack>-zones` that the template for zones makes there, or the stack’s `ZoneRoleArn`. It is written by the role of that name with `-write` at its end. Without it: the zone is in the account of the stack, and has to be in its `AllowedZones` too.',
      )
      .exactOptional(),
    externalId: externalId.describe('External id that the trust policy of `role` requires.').exactOptional(),
    allowedNames: listOf(namePattern, 'domain names').describe(
      'Names that may be written in the zone; the roles have to allow them too. A leading `*.` stands for any name below, at any depth, and not for the name itself.',
    ),
  },
  'a hosted zone: name, id, visibility, allowedNames',
);

export const ruleSchema = mapping(
  {
    name: ruleName.describe('Name of the rule, shown wherever the rule applies.'),
    match: match
      .describe(
        'What the rule is for: everything given has to hold, of a list one is enough. Without it: every service.',
      )
      .default({}),
    private: oneOf(['required', 'by-tag', 'ignored']).describe(
      '`required`: the service must be private, whatever its tags say; `by-tag`: as its tags say; `ignored`: the stack does not manage it.',
    ),
    mode: oneOf(['audit', 'enforce'])
      .describe(
        'With `required`: `audit` reports the plan as a finding, `enforce` executes it. With `by-tag`, the tag works in both modes.',
      )
      .default('audit'),
    domains: listOf(domainTemplate, 'domain names')
      .max(DOMAINS_PER_SERVICE, { error: `at most ${DOMAINS_PER_SERVICE} domains, which is what App Runner allows` })
      .describe(
        'Domain names that each service has beside those in its tags, in quotes, with `{service}`, `{account}` and `{region}`. They have to fall under the `allowedNames` of a zone.',
      )
      .exactOptional(),
    names: listOf(claimPattern, 'patterns of domain names')
      .describe(
        'Domain names that services may claim by tag, of those that zones allow, with `{service}`, `{account}` and `{region}` for their own. A leading `*.` allows every name below, at any depth; the name itself and wildcard names (`_wildcard.example.com`) have to be listed. Without it: every name that zones allow, no wildcard names. Names that `domains` of any rule gives to another service are reserved for that service.',
      )
      .exactOptional(),
    adopt: z
      .boolean({ error: 'true or false' })
      .describe(
        'Whether services may take over DNS records that the stack did not write, with the tag `private-ingress:adopt`. Without it: `false`.',
      )
      .exactOptional(),
    strategy: oneOf(aliasStrategies)
      .describe(
        'What alias records point at. `endpoint`: the interface endpoint’s regional name; `apprunner`: the connection’s name; `auto`: endpoint in private zones, apprunner in public ones. Without it: the stack’s `AliasStrategy`.',
      )
      .exactOptional(),
    onDetach: oneOf(['keep-private', 'restore-public'])
      .describe(
        'State of a service after it is detached. `keep-private` leaves it without any ingress; `restore-public` makes it reachable from the internet again. Without it: the stack’s `OnDetach`.',
      )
      .exactOptional(),
    onDeleteAttempt: oneOf(deleteAttempts)
      .describe(
        'What follows when App Runner refuses to delete a service because the stack attached it. `report`: a finding says what to do. `detach`: the stack detaches it for a day, so that the next attempt succeeds. Without it: the stack’s `OnDeleteAttempt`.',
      )
      .exactOptional(),
    cutover: oneOf(cutovers)
      .describe(
        'When a service is made private. `when-possible`: once every domain name, certificate and endpoint it needs is known to be possible; until then it stays public and a finding says what hinders. `immediately`: as soon as the endpoint is available. `auto`: `when-possible` for a live service, `immediately` for a new one. Without it: the stack’s `Cutover`.',
      )
      .exactOptional(),
    cutoverDeadline: duration
      .describe(
        'Of `required`: how long names that lead to the service today can hold the cutover, such as `7d`; after it the service is made private. Without it: the stack’s `CutoverDeadline`.',
      )
      .exactOptional(),
  },
  'a rule: name, private, and its other keys',
);

export const exceptionSchema = mapping(
  {
    match: match.describe('The services that are excepted; as in a rule, but not empty.'),
    reason: reasonText.describe('Why, for whoever reads it later.'),
    until: day.describe('The last day it holds, in UTC, such as `2026-03-31`.'),
  },
  'an exception: match, reason, until',
);

export const organizationSchema = mapping(
  {
    role: roleArn
      .describe(
        'Role by which the organisation is read: the `<stack>-organization` that the template for organisations makes. Without it: the stack is in the management account or in a delegated administrator.',
      )
      .exactOptional(),
    units: listOf(unitId, 'ids of organisational units')
      .describe('Only accounts in these units, or below them, are in scope. Without it: all accounts.')
      .exactOptional(),
    except: listOf(accountId, 'account ids').describe('Accounts that are left out.').exactOptional(),
  },
  'a mapping, {} for the whole organisation',
);

const limits = mapping(
  {
    changes: limit
      .describe('How many services a sweep may change without being confirmed: a number, or a share such as `25%`.')
      .default(20),
    detaches: limit.describe('How many services a sweep may detach without being confirmed.').default(5),
  },
  'the limits: changes, detaches',
);

const notifications = mapping(
  {
    severity: oneOf(['info', 'warning', 'error'])
      .describe('The least severity that is sent. Where a code goes at all: [notifications.md](notifications.md).')
      .default('info'),
    accounts: listOf(accountId, 'account ids')
      .describe('Only findings of these accounts are sent. Without it: of all.')
      .exactOptional(),
    except: listOf(accountId, 'account ids').describe('Findings of these accounts are not sent.').exactOptional(),
  },
  'the notifications: severity, accounts, except',
);

export const policyDocument = mapping(
  {
    version: z.literal(1, { error: '1' }).describe('Version of this format: 1.'),
    owner: installationName
      .describe('The stack’s `Installation`, where it has one: the functions refuse to start if the two differ.')
      .exactOptional(),
    accounts: listOf(accountId, 'account ids')
      .describe('The accounts in scope, where there is no `organization`: ids of 12 digits in quotes.')
      .exactOptional(),
    organization: organizationSchema
      .describe('All accounts of the organisation are in scope. Instead of `accounts`.')
      .exactOptional(),
    regions: listOf(regionName, 'regions').describe('The regions in scope, in every account.'),
    networks: z
      .array(networkSchema, { error: 'a list of networks' })
      .describe(
        'The VPCs from which services can be reached. Of several in one account and region, the first is for services whose tags name none.',
      )
      .default([]),
    zones: z
      .array(zoneSchema, { error: 'a list of hosted zones' })
      .describe('The hosted zones in which records may be written.')
      .default([]),
    rules: listOf(ruleSchema, 'rules').describe(
      'Tried in this order; the first that matches applies. A service that no rule matches is ignored.',
    ),
    exceptions: z
      .array(exceptionSchema, { error: 'a list of exceptions' })
      .describe('Services for which `private: required` counts as `by-tag`, until a day.')
      .default([]),
    limits: limits
      .describe('A sweep that would do more than this is held before its first write, until a person confirms it.')
      .prefault({}),
    notifications: notifications
      .describe(
        'Which findings the stack sends to its topic `NotificationTopicArn`. Without it: all that are for people.',
      )
      .exactOptional(),
  },
  'a mapping that begins with "version: 1"',
).meta({ title: 'Policy of apprunner-private-ingress' });

/** A document that fits. */
export type PolicyDocument = z.output<typeof policyDocument>;
