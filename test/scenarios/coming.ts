import type { Scenario } from './scenario.ts';
import { blocked, created, DOMAIN, inOrder, ready, TAGS } from './vocabulary.ts';

const chapter = 'coming';
const given = 'nothing';

/** A service is opted in, by its tag. */
export const optingIn: readonly Scenario[] = [
  {
    id: 'opt-in',
    chapter,
    situation: 'A service is created with the tag `private-ingress=enabled` and one domain.',
    happens:
      'The endpoint is created, the service made private and connected, the certificate validated; the alias is published last, once the connection’s name answers with the endpoint’s own addresses.',
    worlds: [
      { name: 'the connection’s name is in public DNS, the stack has a probe' },
      { name: 'the connection’s name is in public DNS, no probe', probe: false },
      { name: 'the connection’s name is private, the stack has a probe', switches: { connectionNameIsPublic: false } },
      {
        name: 'App Runner says InvalidRequest where it could say InvalidState',
        switches: { notReadyError: 'InvalidRequestException' },
      },
    ],
    given,
    steps: [
      created,
      ready,
      inOrder,
      {
        do: 'expect',
        timeline: ['create the App Runner interface endpoint', 'make the service private', 'attach', 'create A hello'],
      },
    ],
  },
  {
    id: 'opt-in-unverified',
    chapter,
    situation: 'The connection’s name is not in public DNS, and the stack has no probe inside the VPC.',
    happens:
      'Five minutes after the connection is there (`UnobservableGrace`) the name is published all the same. The service counts as ready, but unverified.',
    worlds: [{ probe: false, switches: { connectionNameIsPublic: false }, parameters: { UnobservableGrace: '5m' } }],
    given,
    steps: [
      created,
      { do: 'until', phase: 'waiting-for-dns' },
      { do: 'advance', time: '4m' },
      { do: 'expect', vpcAnswers: { [DOMAIN]: [] } },
      { do: 'until', phase: 'ready-unverified' },
      { do: 'expect', vpcAnswers: { [DOMAIN]: 'endpoint' }, findings: [{ code: 'dns-unobservable' }] },
    ],
  },
  {
    id: 'probe-added',
    chapter,
    situation: 'A service is ready-unverified, and the stack is given a probe inside the VPC.',
    happens: 'At the next look the name is seen from inside, and the service counts as verified.',
    worlds: [{ switches: { connectionNameIsPublic: false } }],
    given,
    steps: [
      { do: 'configure', environment: { PROBE_FUNCTION: '', PROBE_VPC_ID: '' } },
      created,
      { do: 'until', phase: 'ready-unverified' },
      { do: 'expect', phase: 'ready-unverified', findings: [{ code: 'dns-unobservable' }] },
    ],
    remedies: [
      {
        closes: 'dns-unobservable',
        steps: [
          {
            do: 'configure',
            environment: { PROBE_FUNCTION: 'apprunner-private-ingress-main-probe', PROBE_VPC_ID: '{vpc}' },
          },
          { do: 'sweep' },
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'old-service-tagged',
    chapter,
    situation: 'An old public service, with an outbound VPC connector, gets the tag.',
    happens:
      'It is public until the endpoint is there; then it is made private by one update that carries the outbound connector over, and connected.',
    given,
    steps: [
      {
        do: 'create-service',
        input: {
          NetworkConfiguration: {
            EgressConfiguration: {
              EgressType: 'VPC',
              VpcConnectorArn:
                'arn:aws:apprunner:ap-northeast-1:123456789012:vpcconnector/out/1/00000000000000000000000000000001',
            },
          },
        },
      },
      { do: 'advance', time: '5m' },
      { do: 'expect', phase: 'no row', visibility: 'public' },
      { do: 'count-calls' },
      { do: 'tag', tags: TAGS },
      { do: 'advance', time: '1s' },
      { do: 'expect', visibility: 'public' },
      ready,
      inOrder,
      { do: 'expect', egress: 'VPC', atMost: { 'apprunner:UpdateService': 1 } },
    ],
  },
  {
    id: 'already-private',
    chapter,
    situation: 'The service is private already when it gets the tag.',
    happens: 'It is not deployed again; the connection, the domain and the record are all it gets.',
    given,
    steps: [
      {
        do: 'create-service',
        input: { NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false } } },
      },
      { do: 'advance', time: '5m' },
      { do: 'count-calls' },
      { do: 'tag', tags: TAGS },
      ready,
      inOrder,
      { do: 'expect', atMost: { 'apprunner:UpdateService': 0 } },
    ],
  },
  {
    id: 'paused-service',
    chapter,
    situation: 'A paused service gets the tag, and is resumed later.',
    happens: 'It is made private and connected while it is paused; once it is resumed it answers under its name.',
    given,
    steps: [
      { do: 'create-service' },
      { do: 'advance', time: '5m' },
      { do: 'call', operation: 'PauseService', input: { ServiceArn: '{service}' } },
      { do: 'advance', time: '1m' },
      { do: 'tag', tags: TAGS },
      ready,
      { do: 'expect', visibility: 'private', https: { [DOMAIN]: 503 } },
      { do: 'call', operation: 'ResumeService', input: { ServiceArn: '{service}' } },
      { do: 'advance', time: '1m' },
      inOrder,
    ],
  },
  {
    id: 'deployment-under-way',
    chapter,
    situation: 'A deployment by the owner is running when the service gets the tag.',
    happens: 'The stack creates everything else meanwhile, and changes the service only when the deployment has ended.',
    given,
    steps: [
      { do: 'create-service' },
      { do: 'advance', time: '5m' },
      { do: 'call', operation: 'StartDeployment', input: { ServiceArn: '{service}' } },
      { do: 'tag', tags: TAGS },
      { do: 'advance', time: '1s' },
      { do: 'expect', phase: 'waiting-for-service', visibility: 'public' },
      ready,
      inOrder,
    ],
  },
  {
    id: 'create-failed',
    chapter,
    situation: 'The service’s creation fails.',
    happens: 'It is left exactly as it is, because every update would build it anew.',
    given,
    steps: [
      { do: 'fail-next', what: 'service-creation' },
      { do: 'count-calls' },
      created,
      { do: 'advance', time: '1m' },
      {
        do: 'expect',
        phase: 'blocked',
        findings: [{ code: 'service-create-failed', says: 'CREATE_FAILED' }],
        atMost: { 'apprunner:UpdateService': 0 },
      },
    ],
    remedies: [
      {
        closes: 'service-create-failed',
        steps: [
          { do: 'call', operation: 'DeleteService', input: { ServiceArn: '{service}' } },
          { do: 'advance', time: '1m' },
          { do: 'sweep' },
          { do: 'expect', phase: 'detached' },
        ],
      },
    ],
  },
  {
    id: 'tag-value-unknown',
    chapter,
    situation: 'The tag has a value that means nothing, such as `yes`.',
    happens: 'Nothing is touched.',
    given,
    steps: [
      { do: 'count-calls' },
      { do: 'create-service', tags: { ...TAGS, 'private-ingress': 'yes' } },
      blocked,
      {
        do: 'expect',
        visibility: 'public',
        findings: [{ code: 'tag-value-unknown', says: '"enabled", "disabled" or "released"' }],
        atMost: { writes: 0 },
      },
    ],
    remedies: [{ closes: 'tag-value-unknown', steps: [{ do: 'tag', tags: TAGS }, ready, inOrder] }],
  },
  {
    id: 'untagged-service',
    chapter,
    situation: 'A service carries no tag of ours.',
    happens: 'It is left alone, at every event and every sweep.',
    given,
    steps: [
      { do: 'count-calls' },
      { do: 'create-service' },
      { do: 'advance', time: '5m' },
      { do: 'sweep' },
      { do: 'expect', phase: 'no row', visibility: 'public', atMost: { writes: 0 } },
    ],
  },
  {
    id: 'tags-changed-while-attaching',
    chapter,
    situation: 'The domains in the tag are changed while the service is still on its way.',
    happens: 'The last state wins: what started for the old name is removed, the new name is published.',
    given,
    steps: [
      { do: 'create-service', tags: { ...TAGS, 'private-ingress:domains': 'old.example.com' } },
      { do: 'advance', time: '3s' },
      { do: 'tag', tags: TAGS },
      ready,
      inOrder,
    ],
  },
];
