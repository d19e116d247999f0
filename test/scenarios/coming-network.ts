import type { Scenario, Step } from './scenario.ts';
import { blocked, claimed, DOMAIN, inOrder, settled, TAGS } from './vocabulary.ts';

const chapter = 'coming';
const given = 'nothing';
const created = { do: 'create-service', name: 'hello', tags: TAGS } as const;
const SERVICE_NAME = 'com.amazonaws.ap-northeast-1.apprunner.requests';

/** Another VPC with an endpoint of its own: `{other-vpc}`, `{elsewhere}`. */
const otherVpcWithEndpoint: readonly Step[] = [
  { do: 'call', operation: 'CreateVpc', input: { CidrBlock: '10.1.0.0/16' }, as: { 'other-vpc': 'Vpc.VpcId' } },
  {
    do: 'call',
    operation: 'CreateSubnet',
    input: { VpcId: '{other-vpc}', CidrBlock: '10.1.1.0/24', AvailabilityZone: 'ap-northeast-1a' },
    as: { 'subnet-elsewhere': 'Subnet.SubnetId' },
  },
  {
    do: 'call',
    operation: 'CreateVpcEndpoint',
    input: {
      VpcEndpointType: 'Interface',
      VpcId: '{other-vpc}',
      ServiceName: SERVICE_NAME,
      SubnetIds: ['{subnet-elsewhere}'],
      PrivateDnsEnabled: false,
    },
    as: { elsewhere: 'VpcEndpoint.VpcEndpointId' },
  },
  { do: 'advance', time: '1m' },
];

const privateService: readonly Step[] = [
  { do: 'create-service', input: { NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false } } } },
  { do: 'advance', time: '1m' },
];

/** Somebody's own endpoint in the VPC: `{theirs}`. */
const endpointOfSomebody = {
  do: 'call',
  operation: 'CreateVpcEndpoint',
  input: {
    VpcEndpointType: 'Interface',
    VpcId: '{vpc}',
    ServiceName: SERVICE_NAME,
    SubnetIds: ['{subnet}', '{other-subnet}'],
    SecurityGroupIds: ['{security-group}'],
    PrivateDnsEnabled: false,
  },
  as: { theirs: 'VpcEndpoint.VpcEndpointId' },
} satisfies Step;

/** The VPC, the endpoint and the connection. */
export const network: readonly Scenario[] = [
  {
    id: 'endpoint-there',
    chapter,
    situation: 'The VPC has an App Runner endpoint already, made by somebody else.',
    happens: 'It is used as it is; a second one is not made.',
    given,
    steps: [
      endpointOfSomebody,
      { do: 'advance', time: '1m' },
      created,
      settled,
      inOrder,
      { do: 'expect', connections: ['AVAILABLE {theirs}'], endpoints: 1 },
    ],
  },
  {
    id: 'endpoints-one-dead',
    chapter,
    situation: 'The VPC has two endpoints, and one of them has failed.',
    happens: 'The living one is used.',
    given,
    steps: [
      { do: 'fail-next', what: 'endpoint-creation' },
      endpointOfSomebody,
      { do: 'advance', time: '1m' },
      endpointOfSomebody,
      { do: 'advance', time: '1m' },
      created,
      settled,
      inOrder,
      { do: 'expect', connections: ['AVAILABLE {theirs}'], endpoints: 2 },
    ],
  },
  {
    id: 'vpc-changed',
    chapter: 'staying',
    situation:
      'The tag `private-ingress:vpc` of a settled service names another VPC, which the private zone is associated with.',
    happens: 'The connection is pointed at that VPC’s endpoint, gated again, and the alias follows.',
    given: 'a settled service',
    steps: [
      ...otherVpcWithEndpoint,
      {
        do: 'call',
        operation: 'AssociateVPCWithHostedZone',
        input: { HostedZoneId: '{private-zone}', VPC: { VPCId: '{other-vpc}', VPCRegion: 'ap-northeast-1' } },
      },
      { do: 'tag', tags: { 'private-ingress:vpc': '{other-vpc}' } },
      settled,
      {
        do: 'expect',
        connections: ['AVAILABLE {elsewhere}'],
        timeline: ['settled', 'point the VPC ingress connection at', 'delete A hello.example.com, create A', 'settled'],
        vpcAnswers: { '{connection-name}': [] },
        https: { [DOMAIN]: 'refused' },
      },
    ],
  },
  {
    id: 'connection-update-fails',
    chapter: 'staying',
    situation: 'The endpoint is gone and replaced, and pointing the connection at the new one fails.',
    happens: 'The failed connection is deleted and made anew.',
    given: 'a settled service',
    steps: [
      { do: 'fail-next', what: 'connection-update' },
      { do: 'call', operation: 'DeleteVpcEndpoints', input: { VpcEndpointIds: ['{endpoint}'] } },
      { do: 'advance', time: '1m' },
      { do: 'sweep' },
      { do: 'until', phase: 'settled', within: '1h' },
      inOrder,
      { do: 'expect', timeline: ['point the VPC', 'finding connection-failed', 'delete the VPC ingress', 'attach'] },
    ],
  },
  {
    id: 'endpoint-in-one-zone',
    chapter,
    situation: 'The VPC’s endpoint has one network interface only.',
    happens: 'It is used, and people are told that one zone is all there is.',
    given,
    steps: [
      {
        ...endpointOfSomebody,
        input: { ...endpointOfSomebody.input, SubnetIds: ['{subnet}'] },
      },
      { do: 'advance', time: '1m' },
      created,
      settled,
      { do: 'expect', phase: 'settled', findings: [{ code: 'endpoint-single-zone' }], https: { [DOMAIN]: 200 } },
    ],
    remedies: [
      {
        closes: 'endpoint-single-zone',
        steps: [
          {
            do: 'call',
            operation: 'ModifyVpcEndpoint',
            input: { VpcEndpointId: '{theirs}', AddSubnetIds: ['{other-subnet}'] },
          },
          { do: 'advance', time: '1m' },
          { do: 'sweep' },
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'endpoint-named',
    chapter,
    situation: 'The tag `private-ingress:endpoint` names an endpoint that is not one of the VPC; then the right one.',
    happens: 'Another endpoint is neither taken nor made in its place.',
    given,
    steps: [
      endpointOfSomebody,
      { do: 'advance', time: '1m' },
      { do: 'create-service', tags: { ...TAGS, 'private-ingress:endpoint': 'vpce-00000000000000000' } },
      { do: 'advance', time: '1m' },
      { do: 'expect', reach: 'public', findings: [{ code: 'endpoint-not-found', says: 'vpce-0000' }], endpoints: 1 },
    ],
    remedies: [
      {
        closes: 'endpoint-not-found',
        steps: [
          { do: 'tag', tags: { 'private-ingress:endpoint': '{theirs}' } },
          settled,
          inOrder,
          { do: 'expect', connections: ['AVAILABLE {theirs}'] },
        ],
      },
    ],
  },
  {
    id: 'vpc-dns-off',
    chapter,
    situation: 'DNS support of the VPC is switched off.',
    happens: 'Nothing is made there, because no name could answer.',
    given,
    steps: [
      {
        do: 'call',
        operation: 'ModifyVpcAttribute',
        input: { VpcId: '{vpc}', EnableDnsSupport: { Value: false } },
      },
      created,
      blocked,
      { do: 'expect', reach: 'public', findings: [{ code: 'vpc-dns-off' }], endpoints: 0 },
    ],
    remedies: [
      {
        closes: 'vpc-dns-off',
        steps: [
          {
            do: 'call',
            operation: 'ModifyVpcAttribute',
            input: { VpcId: '{vpc}', EnableDnsSupport: { Value: true } },
          },
          { do: 'sweep' },
          settled,
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'second-service',
    chapter,
    situation: 'A second service in the VPC is tagged.',
    happens: 'It shares the endpoint of the first.',
    given: 'a settled service',
    steps: [
      {
        do: 'create-service',
        name: 'second',
        tags: { ...TAGS, 'private-ingress:domains': 'second.example.com' },
      },
      { do: 'until', service: 'second', phase: 'settled' },
      {
        do: 'expect',
        service: 'second',
        endpoints: 1,
        connections: ['AVAILABLE {endpoint}'],
        vpcAnswers: { 'second.example.com': 'endpoint', [DOMAIN]: 'endpoint' },
        https: { 'second.example.com': 200, [DOMAIN]: 200 },
      },
    ],
  },
  {
    id: 'no-security-group-given',
    chapter,
    situation: 'The stack is given no security group for the endpoint.',
    happens: 'It makes one of its own, which lets HTTPS in from the VPC’s addresses.',
    worlds: [{ parameters: { EndpointSecurityGroupIds: '' } }],
    given,
    steps: [
      created,
      settled,
      inOrder,
      { do: 'expect', timeline: ['create a security group', 'create the App Runner interface endpoint'] },
    ],
  },
  {
    id: 'security-group-closed',
    chapter,
    situation: 'The endpoint’s security group does not let HTTPS in.',
    happens: 'The rest is made ready, and people are told; the group is not theirs to open.',
    given: 'a settled service',
    steps: [
      {
        do: 'call',
        operation: 'RevokeSecurityGroupIngress',
        input: {
          GroupId: '{security-group}',
          IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
        },
      },
      { do: 'sweep' },
      {
        do: 'expect',
        findings: [
          { code: 'endpoint-closed' },
          { code: 'name-unreachable', says: DOMAIN },
          { code: 'no-longer-verified' },
        ],
        https: { [DOMAIN]: 'refused' },
      },
    ],
    remedies: [
      {
        closes: ['endpoint-closed', 'name-unreachable', 'no-longer-verified'],
        steps: [
          {
            do: 'call',
            operation: 'AuthorizeSecurityGroupIngress',
            input: {
              GroupId: '{security-group}',
              IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
            },
          },
          { do: 'sweep' },
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'endpoint-failed',
    chapter,
    situation: 'The endpoint cannot be created (`failed`).',
    happens: 'Nothing is cut: the service stays public until there is a way into it from the VPC.',
    given,
    steps: [
      { do: 'fail-next', what: 'endpoint-creation' },
      created,
      blocked,
      { do: 'expect', reach: 'public', findings: [{ code: 'endpoint-unusable', says: 'failed' }], connections: [] },
    ],
    remedies: [
      {
        closes: 'endpoint-unusable',
        steps: [
          { do: 'call', operation: 'DeleteVpcEndpoints', input: { VpcEndpointIds: ['{endpoint}'] } },
          { do: 'advance', time: '1m' },
          { do: 'sweep' },
          settled,
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'endpoint-slow',
    chapter,
    situation: 'The endpoint stays `pending` for longer than fifteen minutes.',
    happens: 'It is waited for on, and people are told.',
    given,
    steps: [
      created,
      { do: 'advance', time: '1s' },
      { do: 'endpoint-becomes', state: 'pending' },
      { do: 'advance', time: '20m' },
      { do: 'expect', phase: 'attaching', reach: 'public', findings: [{ code: 'overdue', says: 'is pending' }] },
    ],
    remedies: [
      {
        closes: 'overdue',
        steps: [{ do: 'endpoint-becomes', state: 'available' }, settled, inOrder],
      },
    ],
  },
  {
    id: 'no-subnet-in-offered-zones',
    chapter,
    situation: 'The VPC has no subnet in a zone where the endpoint service is offered.',
    happens: 'Nothing is made and nothing cut.',
    given,
    steps: [
      { do: 'offer-zones', zones: ['ap-northeast-1d'] },
      created,
      blocked,
      {
        do: 'expect',
        reach: 'public',
        findings: [{ code: 'subnets-not-found', says: 'ap-northeast-1d' }],
        endpoints: 0,
      },
    ],
    remedies: [
      {
        closes: 'subnets-not-found',
        steps: [
          {
            do: 'call',
            operation: 'CreateSubnet',
            input: { VpcId: '{vpc}', CidrBlock: '10.0.31.0/24', AvailabilityZone: 'ap-northeast-1d' },
          },
          { do: 'sweep' },
          settled,
          { do: 'expect', findings: [{ code: 'endpoint-single-zone' }], https: { [DOMAIN]: 200 } },
        ],
      },
    ],
  },
  {
    id: 'vpc-not-given',
    chapter,
    situation: 'Neither the stack nor the service says from which VPC it shall be reachable.',
    happens: 'Nothing is touched.',
    worlds: [{ parameters: { VpcId: '' }, probe: false }],
    given,
    steps: [
      { do: 'count-calls' },
      created,
      blocked,
      { do: 'expect', reach: 'public', findings: [{ code: 'vpc-not-given' }], atMost: { writes: 0 } },
    ],
    remedies: [
      { closes: 'vpc-not-given', steps: [{ do: 'tag', tags: { 'private-ingress:vpc': '{vpc}' } }, settled, inOrder] },
    ],
  },
  {
    id: 'vpc-not-found',
    chapter,
    situation: 'The VPC named by the tag does not exist.',
    happens: 'Nothing is cut; the certificate is asked for all the same.',
    given,
    steps: [
      { do: 'create-service', tags: { ...TAGS, 'private-ingress:vpc': 'vpc-00000000000000000' } },
      { do: 'advance', time: '1m' },
      { do: 'expect', reach: 'public', findings: [{ code: 'vpc-not-found', says: 'vpc-00000000000000000' }] },
    ],
    remedies: [{ closes: 'vpc-not-found', steps: [{ do: 'untag', keys: ['private-ingress:vpc'] }, settled, inOrder] }],
  },
  {
    id: 'connection-of-somebody',
    chapter,
    situation: 'The service has a connection already, made by somebody, to the VPC’s endpoint.',
    happens: 'It is used; and it is theirs: it stays when the service is given back.',
    given,
    steps: [
      endpointOfSomebody,
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
      settled,
      inOrder,
      { do: 'tag', tags: { 'private-ingress': 'disabled' } },
      { do: 'until', phase: 'detached' },
      { do: 'expect', connections: ['AVAILABLE {theirs}'], records: { private: [], public: [] } },
    ],
  },
  {
    id: 'connection-elsewhere',
    chapter,
    situation: 'The service has a connection, made by somebody, that leads to another VPC.',
    happens: 'It is left alone, because a service has one at most and somebody may need it.',
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
          settled,
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
      settled,
      inOrder,
      {
        do: 'expect',
        timeline: ['finding connection-failed', 'delete the VPC ingress connection', 'attach', 'settled'],
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
        steps: [
          { do: 'tag', tags: { 'private-ingress': 'disabled' } },
          { do: 'until', phase: 'detached' },
          { do: 'tag', tags: { 'private-ingress': 'enabled' } },
          settled,
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'strategy-refused',
    chapter,
    situation: 'The strategy `apprunner` is asked for, and Route 53 refuses such an alias in a private zone.',
    happens: 'The alias points at the endpoint instead.',
    worlds: [{ switches: { appRunnerAliasInPrivateZone: false } }],
    given,
    steps: [
      { do: 'create-service', tags: { ...TAGS, 'private-ingress:alias': 'apprunner' } },
      settled,
      {
        do: 'expect',
        phase: 'settled',
        findings: [{ code: 'alias-fallback', says: 'refused' }],
        records: { private: claimed(DOMAIN) },
        https: { [DOMAIN]: 200 },
      },
    ],
    remedies: [
      { closes: 'alias-fallback', steps: [{ do: 'untag', keys: ['private-ingress:alias'] }, settled, inOrder] },
    ],
  },
  {
    id: 'strategy-changed',
    chapter,
    situation: 'The alias strategy of a settled service is changed to `apprunner`, and back to `endpoint`.',
    happens: 'The record is exchanged in one batch each time, so there is never a moment without one.',
    worlds: [{ switches: { appRunnerAliasInPrivateZone: true } }],
    given: 'a settled service',
    steps: [
      { do: 'count-calls' },
      { do: 'tag', tags: { 'private-ingress:alias': 'apprunner' } },
      { do: 'advance', time: '1m' },
      {
        do: 'expect',
        phase: 'settled',
        records: { private: claimed(DOMAIN, '{connection-name}') },
        vpcAnswers: { [DOMAIN]: 'endpoint' },
        https: { [DOMAIN]: 200 },
      },
      { do: 'tag', tags: { 'private-ingress:alias': 'endpoint' } },
      { do: 'advance', time: '1m' },
      inOrder,
      { do: 'expect', atMost: { 'route53:ChangeResourceRecordSets': 2 } },
    ],
  },
  {
    id: 'dual-stack',
    chapter,
    situation: 'The service is dual-stack.',
    happens: 'An AAAA alias stands beside the A.',
    given,
    steps: [
      { do: 'create-service', tags: TAGS, input: { NetworkConfiguration: { IpAddressType: 'DUAL_STACK' } } },
      settled,
      {
        do: 'expect',
        findings: [],
        records: { private: [...claimed(DOMAIN), `AAAA ${DOMAIN} → {endpoint-name}`] },
        vpcAnswers: { [DOMAIN]: 'endpoint' },
      },
    ],
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
      { do: 'expect', reach: 'public', findings: [{ code: 'access-denied', says: 'apprunner:DescribeService' }] },
    ],
    remedies: [
      {
        closes: 'access-denied',
        steps: [
          { do: 'mend', operation: 'apprunner:DescribeService' },
          { do: 'until', phase: 'settled', within: '1h' },
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'refused',
    chapter,
    situation: 'AWS refuses a step for a reason of its own.',
    happens: 'It is told in AWS’s words, and tried again at growing distances.',
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
          { do: 'until', phase: 'settled', within: '1h' },
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'throttled',
    chapter,
    situation: 'AWS throttles reads and writes.',
    happens: 'Each is tried again later; nobody needs to know.',
    given,
    steps: [
      { do: 'break', operation: 'route53:ChangeResourceRecordSets', error: 'Throttling', times: 3 },
      { do: 'break', operation: 'apprunner:DescribeCustomDomains', error: 'ThrottlingException', times: 3 },
      { do: 'break', operation: 'ec2:DescribeVpcEndpoints', error: 'RequestLimitExceeded', times: 3 },
      { do: 'break', operation: 'apprunner:UpdateService', error: 'InternalServiceErrorException', times: 2 },
      created,
      { do: 'until', phase: 'settled', within: '1h' },
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
          settled,
          inOrder,
        ],
      },
    ],
  },
];
