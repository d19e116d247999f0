import { foreignEndpoint, httpsElsewhere, otherVpcWithEndpoint, privateService } from './props.ts';
import type { Scenario } from './scenario.ts';
import { created, DOMAIN, INSTALLATION, inOrder, ready, TAGS } from './vocabulary.ts';

const chapter = 'coming';
const given = 'nothing';

/** The connection. */
export const connection: readonly Scenario[] = [
  {
    id: 'foreign-connection',
    chapter,
    situation: 'The service already has a connection to the VPC’s endpoint that the stack did not create.',
    happens: 'The stack uses it and does not own it: it stays when the service is detached.',
    given,
    steps: [
      foreignEndpoint,
      ...privateService,
      {
        do: 'call',
        operation: 'CreateVpcIngressConnection',
        input: {
          ServiceArn: '{service}',
          VpcIngressConnectionName: 'by-hand',
          IngressVpcConfiguration: { VpcId: '{vpc}', VpcEndpointId: '{theirs}' },
        },
      },
      { do: 'tag', tags: TAGS },
      ready,
      inOrder,
      { do: 'tag', tags: { 'private-ingress': 'disabled' } },
      { do: 'until', phase: 'detached' },
      { do: 'expect', connections: ['AVAILABLE {theirs}'], records: { private: [], public: [] } },
    ],
  },
  {
    id: 'two-installations',
    chapter,
    situation: 'A service that one stack has made ready is seen by a second stack that also manages the account.',
    happens:
      'The second stack uses what exists and takes nothing: the name, the connection and its tag belong to the first. Detaching by the second leaves all of it.',
    given: 'a ready service',
    steps: [
      // The same functions with another name and no memory are a second installation.
      { do: 'row', becomes: 'deleted' },
      { do: 'configure', environment: { INSTALLATION: 'blue' } },
      { do: 'enqueue' },
      { do: 'until', phase: 'blocked' },
      {
        do: 'expect',
        findings: [{ code: 'record-foreign', says: `the name is claimed by installation "${INSTALLATION}"` }],
      },
      { do: 'tag', tags: { 'private-ingress': 'disabled' } },
      { do: 'until', phase: 'detached' },
      { do: 'advance', time: '2m' },
      {
        do: 'expect',
        phase: 'detached',
        visibility: 'private',
        records: inOrder.records ?? {},
        connections: ['AVAILABLE {endpoint}'],
        domains: { [DOMAIN]: 'active' },
        https: { [DOMAIN]: 200 },
      },
    ],
  },
  {
    id: 'connection-elsewhere',
    chapter,
    situation: 'The service has a connection that the stack did not create and that leads to another VPC.',
    happens: 'The stack leaves it alone, because a service has at most one connection and its owner may need it.',
    given,
    steps: [
      ...otherVpcWithEndpoint,
      ...privateService,
      {
        do: 'call',
        operation: 'CreateVpcIngressConnection',
        input: {
          ServiceArn: '{service}',
          VpcIngressConnectionName: 'by-hand',
          IngressVpcConfiguration: { VpcId: '{other-vpc}', VpcEndpointId: '{elsewhere}' },
        },
      },
      { do: 'advance', time: '1m' },
      { do: 'tag', tags: TAGS },
      { do: 'advance', time: '1m' },
      {
        do: 'expect',
        phase: 'blocked',
        findings: [{ code: 'connection-elsewhere', says: 'by-hand' }],
        connections: ['AVAILABLE {elsewhere}'],
      },
    ],
    remedies: [
      {
        closes: 'connection-elsewhere',
        steps: [
          {
            do: 'call',
            operation: 'DeleteVpcIngressConnection',
            input: { VpcIngressConnectionArn: '{connection}' },
          },
          { do: 'advance', time: '1m' },
          { do: 'sweep' },
          ready,
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'connection-fails-once',
    chapter,
    situation: 'App Runner reports the new connection as failed.',
    happens: 'It is deleted and made anew.',
    worlds: [
      { name: 'a deleted connection is still described' },
      { name: 'a deleted connection is not found', switches: { deletedConnection: 'not-found' } },
    ],
    given,
    steps: [
      { do: 'fail-next', what: 'connection-creation' },
      created,
      ready,
      inOrder,
      {
        do: 'expect',
        timeline: ['finding connection-failed', 'delete the VPC ingress connection', 'attach', 'ready'],
      },
    ],
  },
  {
    id: 'connection-keeps-failing',
    chapter,
    situation: 'The connection fails every time.',
    happens: 'It is made anew after growing pauses, a bounded number of times; then a person has to look.',
    given,
    steps: [
      { do: 'fail-next', what: 'connection-creation', times: 4 },
      { do: 'count-calls' },
      created,
      { do: 'advance', time: '2h' },
      {
        do: 'expect',
        phase: 'blocked',
        findings: [{ code: 'connection-failed' }, { code: 'connection-given-up', says: 'FAILED_CREATION' }],
        atMost: { 'apprunner:CreateVpcIngressConnection': 4 },
        vpcAnswers: { [DOMAIN]: [] },
      },
    ],
    remedies: [
      {
        closes: ['connection-failed', 'connection-given-up'],
        steps: [{ do: 'request-reconciliation' }, ready, inOrder],
      },
    ],
  },
  {
    id: 'vpc-changed',
    chapter: 'staying',
    situation:
      'The tag `private-ingress:vpc` of a ready service names another VPC, which the private zone is associated with.',
    happens: 'The connection is pointed at that VPC’s endpoint, gated again, and the alias follows.',
    given: 'a ready service',
    steps: [
      ...otherVpcWithEndpoint,
      {
        do: 'call',
        operation: 'AssociateVPCWithHostedZone',
        input: { HostedZoneId: '{private-zone}', VPC: { VPCId: '{other-vpc}', VPCRegion: 'ap-northeast-1' } },
      },
      { do: 'tag', tags: { 'private-ingress:vpc': '{other-vpc}' } },
      ready,
      {
        do: 'expect',
        connections: ['AVAILABLE {elsewhere}'],
        timeline: ['ready', 'point the VPC ingress connection at', 'delete A hello.example.com, create A', 'ready'],
        findings: [{ code: 'endpoint-single-zone' }],
        visibility: 'private',
      },
    ],
  },
  {
    id: 'vpc-changed-closed',
    chapter: 'staying',
    situation: 'The same, and no security group of the endpoint in the other VPC lets HTTPS in.',
    happens: 'The service stays attached where it answers, until it would answer in the other VPC too.',
    given: 'a ready service',
    steps: [
      ...otherVpcWithEndpoint,
      { do: 'call', operation: 'RevokeSecurityGroupIngress', input: httpsElsewhere },
      {
        do: 'call',
        operation: 'AssociateVPCWithHostedZone',
        input: { HostedZoneId: '{private-zone}', VPC: { VPCId: '{other-vpc}', VPCRegion: 'ap-northeast-1' } },
      },
      { do: 'tag', tags: { 'private-ingress:vpc': '{other-vpc}' } },
      { do: 'until', phase: 'blocked' },
      {
        do: 'expect',
        connections: ['AVAILABLE {endpoint}'],
        findings: [
          { code: 'endpoint-closed', says: '{elsewhere}' },
          { code: 'endpoint-single-zone' },
          { code: 'move-held', says: 'stays attached to {endpoint}' },
        ],
        vpcAnswers: { [DOMAIN]: 'endpoint' },
        https: { [DOMAIN]: 200 },
        plan: ['move-held', 'What hinders:'],
      },
    ],
    remedies: [
      {
        closes: ['endpoint-closed', 'move-held'],
        steps: [
          { do: 'call', operation: 'AuthorizeSecurityGroupIngress', input: httpsElsewhere },
          { do: 'sweep' },
          ready,
          { do: 'expect', connections: ['AVAILABLE {elsewhere}'] },
        ],
      },
    ],
  },
  {
    id: 'connection-update-fails',
    chapter: 'staying',
    situation: 'The endpoint is gone and replaced, and pointing the connection at the new one fails.',
    happens: 'The failed connection is deleted and made anew.',
    given: 'a ready service',
    steps: [
      { do: 'fail-next', what: 'connection-update' },
      { do: 'call', operation: 'DeleteVpcEndpoints', input: { VpcEndpointIds: ['{endpoint}'] } },
      { do: 'advance', time: '1m' },
      { do: 'sweep' },
      { do: 'until', phase: 'ready', within: '1h' },
      inOrder,
      { do: 'expect', timeline: ['point the VPC', 'finding connection-failed', 'delete the VPC ingress', 'attach'] },
    ],
  },
];
