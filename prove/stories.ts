import type { Switches } from 'apprunner-embedded-cloud/profile';
import { deleted, disabled } from '../test/scenarios/props.ts';
import type { Given, Step } from '../test/scenarios/scenario.ts';
import {
  addressRecord,
  claimed,
  cnameToService,
  created,
  DOMAIN,
  inOrder,
  liveService,
  nothingLeft,
  publicZoneOnly,
  TAGS,
  withDomains,
} from '../test/scenarios/vocabulary.ts';

/** A part of a service's life, of which every call may be disturbed. */
export interface Story {
  readonly name: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly switches?: Partial<Switches>;
  readonly given: Given;
  /** What comes before, undisturbed. */
  readonly before?: readonly Step[];
  /** What happens; from here on calls are disturbed. */
  readonly happens: readonly Step[];
  /** What is to be seen in the end. */
  readonly ends: readonly Step[];
}

const aReadyService = 'a ready service';
/** Longer than SQS redelivers what died, and retries what failed. */
const within = '3h';
const ready: Step = { do: 'until', phase: 'ready', within };
const detached: Step = { do: 'until', phase: 'detached', within };
/** The name that a service is given besides. */
export const OTHER = 'other.example.com';

export const stories: readonly Story[] = [
  { name: 'attach', given: 'nothing', happens: [created], ends: [ready, inOrder] },
  {
    name: 'attach-with-security-group',
    parameters: { EndpointSecurityGroupIds: '' },
    given: 'nothing',
    happens: [created],
    ends: [ready, inOrder],
  },
  {
    name: 'cutover-of-live-name',
    given: 'nothing',
    before: [...publicZoneOnly, ...liveService, cnameToService],
    happens: [{ do: 'tag', tags: TAGS }],
    ends: [
      ready,
      {
        do: 'expect',
        visibility: 'private',
        findings: [],
        records: { public: [...claimed(DOMAIN, '{connection-name}'), `validation ${DOMAIN}`] },
        vpcAnswers: { [DOMAIN]: 'endpoint' },
      },
    ],
  },
  {
    name: 'domain-change',
    given: aReadyService,
    happens: [{ do: 'tag', tags: withDomains(OTHER) }],
    ends: [
      { do: 'advance', time: '2m' },
      ready,
      {
        do: 'expect',
        findings: [],
        records: { private: claimed(OTHER), public: [`validation ${OTHER}`] },
        domains: { [OTHER]: 'active' },
      },
    ],
  },
  {
    name: 'drift-of-connection',
    given: aReadyService,
    happens: [
      { do: 'call', operation: 'DeleteVpcIngressConnection', input: { VpcIngressConnectionArn: '{connection}' } },
      { do: 'advance', time: '2s' },
      { do: 'sweep' },
    ],
    ends: [{ do: 'advance', time: '2m' }, ready, inOrder],
  },
  {
    name: 'drift-of-visibility',
    given: aReadyService,
    happens: [
      {
        do: 'call',
        operation: 'UpdateService',
        input: {
          ServiceArn: '{service}',
          NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: true } },
        },
      },
    ],
    ends: [{ do: 'advance', time: '2m' }, ready, inOrder],
  },
  {
    name: 'drift-of-domain',
    given: aReadyService,
    happens: [
      {
        do: 'call',
        operation: 'DisassociateCustomDomain',
        input: { ServiceArn: '{service}', DomainName: DOMAIN },
      },
    ],
    ends: [{ do: 'advance', time: '5m' }, ready, inOrder],
  },
  {
    name: 'drift-of-records',
    given: aReadyService,
    happens: [
      { do: 'delete-record', zone: 'private', name: DOMAIN, type: 'A' },
      { do: 'delete-record', zone: 'private', name: `_private-ingress.${DOMAIN}`, type: 'TXT' },
      { do: 'sweep' },
    ],
    ends: [{ do: 'advance', time: '2m' }, ready, inOrder],
  },
  {
    name: 'drift-of-validation-records',
    given: aReadyService,
    happens: [{ do: 'delete-record', zone: 'public', name: DOMAIN, type: 'validation' }, { do: 'sweep' }],
    ends: [{ do: 'advance', time: '2m' }, ready, inOrder],
  },
  {
    name: 'drift-of-endpoint',
    given: aReadyService,
    happens: [
      { do: 'call', operation: 'DeleteVpcEndpoints', input: { VpcEndpointIds: ['{endpoint}'] } },
      { do: 'advance', time: '1m' },
      { do: 'sweep' },
    ],
    ends: [{ do: 'advance', time: '2m' }, ready, inOrder],
  },
  {
    name: 'rollback-after-refused-connection',
    given: 'nothing',
    before: [
      ...publicZoneOnly,
      ...liveService,
      cnameToService,
      {
        do: 'break',
        operation: 'apprunner:CreateVpcIngressConnection',
        error: 'AccessDeniedException',
        message: 'not authorized to perform apprunner:CreateVpcIngressConnection',
      },
    ],
    happens: [{ do: 'tag', tags: TAGS }],
    ends: [
      { do: 'until', phase: 'blocked', within },
      {
        do: 'expect',
        visibility: 'public',
        findings: [{ code: 'rolled-back' }],
        records: { public: [`CNAME ${DOMAIN} {public-name}`, `validation ${DOMAIN}`] },
      },
    ],
  },
  {
    name: 'foreign-record-stays',
    given: 'nothing',
    before: [
      { do: 'put-record', zone: 'private', record: addressRecord(DOMAIN, '192.0.2.7') },
      // Longer than listings lag: who associates a name before its record is listed keeps it associated.
      { do: 'advance', time: '2m' },
    ],
    happens: [created],
    ends: [
      { do: 'until', phase: 'blocked', within },
      {
        do: 'expect',
        findings: [{ code: 'record-foreign' }],
        vpcAnswers: { [DOMAIN]: ['192.0.2.7'] },
      },
    ],
  },
  {
    name: 'detach',
    given: aReadyService,
    happens: [disabled],
    ends: [detached, nothingLeft, { do: 'expect', visibility: 'private', connections: [], domains: {} }],
  },
  {
    name: 'detach-to-public',
    parameters: { OnDetach: 'restore-public' },
    given: aReadyService,
    happens: [disabled],
    ends: [
      detached,
      { do: 'advance', time: '10m' },
      nothingLeft,
      { do: 'expect', visibility: 'public', connections: [], domains: {} },
    ],
  },
  {
    name: 'untag-with-grace',
    parameters: { DetachGrace: '10m' },
    given: aReadyService,
    happens: [{ do: 'untag', keys: ['private-ingress'] }],
    ends: [{ do: 'advance', time: '10m' }, detached, nothingLeft, { do: 'expect', connections: [], domains: {} }],
  },
  {
    name: 'deletion',
    // The most that App Runner may leave to the stack.
    switches: { deleteServiceWithConnection: 'leaves-connection' },
    given: aReadyService,
    happens: [deleted],
    ends: [detached, nothingLeft, { do: 'expect', connections: [] }],
  },
  {
    name: 'refused-deletion',
    parameters: { OnDeleteAttempt: 'detach' },
    given: aReadyService,
    happens: [{ ...deleted, refused: 'InvalidStateException' }],
    ends: [detached, deleted, { do: 'advance', time: '1m' }, nothingLeft, { do: 'expect', connections: [] }],
  },
  {
    name: 'handover',
    given: aReadyService,
    before: [
      { do: 'create-service', name: 'second', tags: TAGS },
      { do: 'until', service: 'second', phase: 'blocked' },
    ],
    happens: [disabled],
    ends: [
      detached,
      { do: 'until', service: 'second', phase: 'ready', within },
      {
        do: 'expect',
        service: 'second',
        findings: [],
        records: {
          private: claimed(DOMAIN, '{endpoint-name}', '{service-id second}'),
          public: [`validation ${DOMAIN}`],
        },
        vpcAnswers: { [DOMAIN]: 'endpoint' },
      },
    ],
  },
];

export function storyNamed(name: string): Story {
  const story = stories.find((one) => one.name === name);
  if (story === undefined)
    throw new Error(`There is no story ${name}; there are ${stories.map((one) => one.name).join(', ')}.`);
  return story;
}
