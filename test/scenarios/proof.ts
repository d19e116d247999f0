import type { Scenario } from './scenario.ts';
import { created, DOMAIN, inOrder, ready } from './vocabulary.ts';

const chapter = 'proof';
const httpsRule = {
  GroupId: '{security-group}',
  IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
};

/** What has been seen, and from where. */
export const proof: readonly Scenario[] = [
  {
    id: 'verified',
    chapter,
    situation: 'The stack has a probe inside the VPC.',
    happens:
      'It resolves the names there, compares with the endpoint’s interfaces, and sends one HTTPS request under each published name, its certificate checked. That counts as verified.',
    worlds: [
      { name: 'the connection’s name is in public DNS' },
      { name: 'the connection’s name is private', switches: { connectionNameIsPublic: false } },
    ],
    given: 'nothing',
    steps: [created, ready, { do: 'sweep' }, inOrder, { do: 'expect', proof: 'verified' }],
  },
  {
    id: 'seen-publicly',
    chapter,
    situation: 'There is no probe, and the connection’s name is in public DNS.',
    happens: 'The name is seen with the endpoint’s addresses, from outside only: “seen publicly”.',
    worlds: [{ probe: false }],
    given: 'nothing',
    steps: [created, ready, { do: 'sweep' }, inOrder, { do: 'expect', proof: 'seen-publicly' }],
  },
  {
    id: 'unverified',
    chapter,
    situation: 'There is no probe, and the connection’s name is not in public DNS.',
    happens: 'The stack has not seen it work, and the phase says so.',
    worlds: [{ probe: false, switches: { connectionNameIsPublic: false } }],
    given: 'nothing',
    steps: [
      created,
      { do: 'until', phase: 'ready-unverified' },
      { do: 'expect', proof: 'unverified', findings: [{ code: 'dns-unobservable' }], https: { [DOMAIN]: 200 } },
    ],
  },
  {
    id: 'no-longer-verified',
    chapter,
    situation: 'A service that was verified does not answer any more: its security group was closed.',
    happens:
      'It is checked again. After three failures over five minutes the service is degraded, with an error. The record stays, because removing it would not help.',
    given: 'a ready service',
    steps: [
      { do: 'sweep' },
      { do: 'expect', proof: 'verified' },
      { do: 'call', operation: 'RevokeSecurityGroupIngress', input: httpsRule },
      { do: 'sweep' },
      {
        do: 'expect',
        phase: 'ready',
        proof: 'resolves',
        findings: [
          { code: 'endpoint-closed' },
          { code: 'name-unreachable', says: DOMAIN },
          { code: 'no-longer-verified' },
        ],
        plan: ['name-unreachable', 'it is checked again'],
      },
      { do: 'advance', time: '6m' },
      {
        do: 'expect',
        phase: 'degraded',
        findings: [
          { code: 'endpoint-closed' },
          { code: 'name-unreachable', says: 'has not answered since' },
          { code: 'no-longer-verified' },
        ],
        vpcAnswers: { [DOMAIN]: 'endpoint' },
        plan: ['degraded'],
        timeline: ['ready', 'degraded'],
      },
    ],
    remedies: [
      {
        closes: ['no-longer-verified', 'name-unreachable'],
        // Without an event: the name is checked again and again.
        steps: [
          { do: 'call', operation: 'AuthorizeSecurityGroupIngress', input: httpsRule },
          { do: 'advance', time: '6m' },
          inOrder,
          { do: 'expect', proof: 'verified' },
        ],
      },
    ],
  },
  {
    id: 'no-domain',
    chapter,
    situation: 'A service has no domain.',
    happens: 'The probe sends its request under the connection’s name.',
    given: 'nothing',
    steps: [
      { do: 'create-service', name: 'hello', tags: { 'private-ingress': 'enabled' } },
      ready,
      { do: 'expect', proof: 'verified', findings: [], https: { '{connection-name}': 200 } },
    ],
  },
  {
    id: 'unreadable-for-an-hour',
    chapter,
    situation: 'AWS cannot be read for an hour, for a transient reason.',
    happens:
      'Sweeps notice it, and nothing is concluded: the phase becomes unknown, with an error, and nothing counts as verified. The first answer ends it.',
    given: 'a ready service',
    steps: [
      { do: 'break', operation: 'apprunner:ListServices', error: 'InternalServiceErrorException' },
      { do: 'break', operation: 'apprunner:DescribeService', error: 'InternalServiceErrorException' },
      { do: 'sweep' },
      { do: 'expect', phase: 'ready' },
      { do: 'advance', time: '61m' },
      {
        do: 'expect',
        phase: 'unknown',
        proof: 'unverified',
        findings: [{ code: 'unobserved', says: 'is broken' }],
      },
      { do: 'mend', operation: 'apprunner:ListServices' },
    ],
    remedies: [
      {
        closes: 'unobserved',
        steps: [{ do: 'mend', operation: 'apprunner:DescribeService' }, { do: 'advance', time: '16m' }, inOrder],
      },
    ],
  },
  {
    id: 'missing-inside',
    chapter,
    situation: 'Inside the VPC the connection’s name does not exist, because a zone there shadows it; outside it does.',
    happens:
      'The view from inside the VPC decides, so nothing is published, however long it takes; after half an hour a finding says so.',
    worlds: [{ parameters: { UnobservableGrace: '5m' } }],
    given: 'nothing',
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
      created,
      { do: 'until', phase: 'waiting-for-dns' },
      { do: 'advance', time: '40m' },
      {
        do: 'expect',
        phase: 'waiting-for-dns',
        findings: [{ code: 'overdue', says: 'seen from inside the VPC' }],
        vpcAnswers: { [DOMAIN]: [], '{connection-name}': [] },
        publicAnswers: { '{connection-name}': 'endpoint' },
      },
    ],
    remedies: [
      {
        closes: 'overdue',
        steps: [{ do: 'call', operation: 'DeleteHostedZone', input: { Id: '{shadow}' } }, ready, inOrder],
      },
    ],
  },
  {
    id: 'probe-broken',
    chapter,
    situation: 'The probe itself fails while a service is on its way.',
    happens: 'No answer is never taken for a good one: the name is published only when the probe can say so.',
    given: 'nothing',
    steps: [
      { do: 'break', operation: 'lambda:Invoke', error: 'ServiceException' },
      created,
      { do: 'until', phase: 'waiting-for-dns' },
      { do: 'advance', time: '20m' },
      { do: 'expect', phase: 'waiting-for-dns', vpcAnswers: { [DOMAIN]: [] } },
      { do: 'advance', time: '50m' },
      { do: 'expect', phase: 'unknown', findings: [{ code: 'unobserved' }, { code: 'overdue' }] },
      { do: 'mend', operation: 'lambda:Invoke' },
      ready,
      inOrder,
    ],
  },
];
