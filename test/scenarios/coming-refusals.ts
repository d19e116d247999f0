import { foreignEndpoint } from './props.ts';
import type { Scenario, Step } from './scenario.ts';
import { blocked, claimed, created, DOMAIN, inOrder, ready, TAGS, withDomains } from './vocabulary.ts';

const chapter = 'coming';
const given = 'nothing';

const ROUTE_53_READS = ['ListHostedZones', 'ListHostedZonesByVPC', 'ListResourceRecordSets'].map(
  (operation) => `route53:${operation}`,
);

/** What AWS refuses, and what the plan says before. */
export const refusals: readonly Scenario[] = [
  {
    id: 'cut-announced',
    chapter,
    situation: 'A person runs `npm run plan` for a public service that is tagged and not yet reconciled.',
    happens: 'The plan says that it will no longer answer publicly, what comes after it, and what the endpoint costs.',
    given,
    steps: [
      foreignEndpoint,
      { do: 'create-service' },
      { do: 'advance', time: '1m' },
      { do: 'events', are: 'lost' },
      { do: 'tag', tags: TAGS },
      { do: 'advance', time: '1m' },
      {
        do: 'expect',
        phase: 'no row',
        visibility: 'public',
        plan: [
          'make the service private',
          'stops answering publicly',
          'about 5 to 10 minutes',
          `associate ${DOMAIN}`,
          'USD a month',
        ],
      },
      { do: 'sweep' },
      ready,
      inOrder,
      { do: 'expect', plan: ['Nothing to do, nothing to wait for.'] },
    ],
  },
  {
    id: 'update-fails-once',
    chapter,
    situation: 'The update that makes the service private fails.',
    happens: 'The service is as it was before, public; the update is tried again.',
    given,
    steps: [{ do: 'fail-next', what: 'service-update' }, created, ready, inOrder],
  },
  {
    id: 'permission-missing',
    chapter,
    situation: 'The stack’s role lacks a permission.',
    happens: 'Nothing is concluded from it, least of all that something is gone; once it is granted, things go on.',
    given,
    steps: [
      {
        do: 'break',
        operation: 'apprunner:DescribeService',
        error: 'AccessDeniedException',
        message: 'not authorized to perform apprunner:DescribeService',
      },
      created,
      blocked,
      { do: 'expect', visibility: 'public', findings: [{ code: 'access-denied', says: 'apprunner:DescribeService' }] },
    ],
    remedies: [
      {
        closes: 'access-denied',
        steps: [
          { do: 'mend', operation: 'apprunner:DescribeService' },
          { do: 'until', phase: 'ready', within: '1h' },
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'explicitly-denied',
    chapter,
    situation: 'A service control policy denies an action explicitly.',
    happens: 'The finding names the policy that denies: a grant to the role would not help.',
    given,
    steps: [
      {
        do: 'break',
        operation: 'apprunner:DescribeService',
        error: 'AccessDeniedException',
        message:
          'User: arn:aws:sts::123456789012:assumed-role/reconcile/session is not authorized to perform: apprunner:DescribeService with an explicit deny in a service control policy',
      },
      created,
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'access-denied', says: 'service control policy' }],
        plan: ['A grant does not help'],
      },
    ],
    remedies: [
      {
        closes: 'access-denied',
        steps: [
          { do: 'mend', operation: 'apprunner:DescribeService' },
          { do: 'until', phase: 'ready', within: '1h' },
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'refused',
    chapter,
    situation: 'AWS refuses a step for a reason of its own.',
    happens: 'The finding quotes AWS, and the stack retries after growing delays.',
    given,
    steps: [
      {
        do: 'break',
        operation: 'apprunner:CreateVpcIngressConnection',
        error: 'InvalidRequestException',
        message: 'The account is on hold.',
      },
      created,
      { do: 'advance', time: '5m' },
      { do: 'expect', findings: [{ code: 'refused', says: 'The account is on hold.' }], vpcAnswers: { [DOMAIN]: [] } },
    ],
    remedies: [
      {
        closes: 'refused',
        steps: [
          { do: 'mend', operation: 'apprunner:CreateVpcIngressConnection' },
          { do: 'until', phase: 'ready', within: '1h' },
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'one-batch-refused',
    chapter,
    situation: 'Of two domains of a service, Route 53 refuses the records of one.',
    happens:
      'Each domain has a batch of its own: the other one is published. The refused batch, of which nothing stands, is tried again at growing distances.',
    given,
    steps: [
      {
        do: 'break',
        operation: 'route53:ChangeResourceRecordSets',
        about: '_private-ingress.refused.example.com',
        error: 'InvalidChangeBatch',
        message: 'The records of refused.example.com are on hold.',
      },
      { do: 'create-service', tags: withDomains(`refused.example.com ${DOMAIN}`) },
      { do: 'advance', time: '5m' },
      {
        do: 'expect',
        visibility: 'private',
        findings: [{ code: 'refused', says: 'The records of refused.example.com are on hold.' }],
        records: { private: claimed(DOMAIN), public: [`validation ${DOMAIN}`, 'validation refused.example.com'] },
        domains: { 'refused.example.com': 'active', [DOMAIN]: 'active' },
        vpcAnswers: { 'refused.example.com': [], [DOMAIN]: 'endpoint' },
        https: { [DOMAIN]: 200 },
      },
    ],
    remedies: [
      {
        closes: 'refused',
        steps: [
          { do: 'mend', operation: 'route53:ChangeResourceRecordSets' },
          { do: 'until', phase: 'ready', within: '1h' },
          {
            do: 'expect',
            findings: [],
            records: { private: [...claimed(DOMAIN), ...claimed('refused.example.com')] },
            https: { 'refused.example.com': 200, [DOMAIN]: 200 },
          },
        ],
      },
    ],
  },
  {
    id: 'throttled',
    chapter,
    situation: 'AWS throttles reads and writes.',
    happens: 'The stack retries each of them later, without a finding.',
    given,
    steps: [
      { do: 'break', operation: 'route53:ChangeResourceRecordSets', error: 'Throttling', times: 3 },
      { do: 'break', operation: 'apprunner:DescribeCustomDomains', error: 'ThrottlingException', times: 3 },
      { do: 'break', operation: 'ec2:DescribeVpcEndpoints', error: 'RequestLimitExceeded', times: 3 },
      { do: 'break', operation: 'apprunner:UpdateService', error: 'InternalServiceErrorException', times: 2 },
      created,
      { do: 'until', phase: 'ready', within: '1h' },
      inOrder,
    ],
  },
  {
    id: 'connected-without-route53',
    chapter,
    situation: 'Route 53 answers nothing from the moment on at which the service is made private.',
    happens:
      'The service is connected all the same, because nothing leads to it until then; what needs Route 53 follows later.',
    given,
    steps: [
      foreignEndpoint,
      created,
      { do: 'until', phase: 'attaching' },
      { do: 'expect', visibility: 'private', connections: [] },
      ...ROUTE_53_READS.map((operation): Step => ({ do: 'break', operation, error: 'Throttling' })),
      { do: 'advance', time: '10m' },
      { do: 'expect', connections: ['AVAILABLE {theirs}'], findings: [], records: { private: [] } },
      ...ROUTE_53_READS.map((operation): Step => ({ do: 'mend', operation })),
      ready,
      inOrder,
    ],
  },
  {
    id: 'dns-wrong',
    chapter,
    situation: 'Inside the VPC another zone answers for App Runner’s names, with other addresses.',
    happens: 'Nothing is published that would lead people astray.',
    given,
    steps: [
      {
        do: 'call',
        operation: 'CreateHostedZone',
        input: {
          Name: 'awsapprunner.com',
          CallerReference: 'shadow',
          VPC: { VPCId: '{vpc}', VPCRegion: 'ap-northeast-1' },
        },
        as: { shadow: 'HostedZone.Id' },
      },
      {
        do: 'put-record',
        zone: 'shadow',
        record: { Name: '*.awsapprunner.com', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] },
      },
      created,
      { do: 'until', phase: 'waiting-for-dns' },
      { do: 'advance', time: '10m' },
      {
        do: 'expect',
        phase: 'waiting-for-dns',
        findings: [{ code: 'dns-wrong', says: '192.0.2.1' }],
        vpcAnswers: { [DOMAIN]: [] },
      },
    ],
    remedies: [
      {
        closes: 'dns-wrong',
        steps: [
          { do: 'delete-record', zone: 'shadow', name: '*.awsapprunner.com', type: 'A' },
          { do: 'call', operation: 'DeleteHostedZone', input: { Id: '{shadow}' } },
          ready,
          inOrder,
        ],
      },
    ],
  },
];
