import { endpointDeleted, foreignEndpoint } from './props.ts';
import type { Scenario } from './scenario.ts';
import { blocked, created, DOMAIN, inOrder, liveService, ready, TAGS } from './vocabulary.ts';

const chapter = 'coming';
const given = 'nothing';

/** The VPC and its endpoint. */
export const endpoint: readonly Scenario[] = [
  {
    id: 'endpoint-there',
    chapter,
    situation: 'The VPC already has an App Runner endpoint that the stack did not create.',
    happens: 'It is used as it is; a second one is not made.',
    given,
    steps: [
      foreignEndpoint,
      { do: 'advance', time: '1m' },
      created,
      ready,
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
      foreignEndpoint,
      { do: 'advance', time: '1m' },
      foreignEndpoint,
      { do: 'advance', time: '1m' },
      created,
      ready,
      inOrder,
      { do: 'expect', connections: ['AVAILABLE {theirs}'], endpoints: 2 },
    ],
  },
  {
    id: 'endpoint-in-one-zone',
    chapter,
    situation: 'The VPC’s endpoint has one network interface only.',
    happens: 'The stack uses it, and a finding says that it is in one zone only.',
    given,
    steps: [
      {
        ...foreignEndpoint,
        input: { ...foreignEndpoint.input, SubnetIds: ['{subnet}'] },
      },
      { do: 'advance', time: '1m' },
      created,
      ready,
      { do: 'expect', phase: 'ready', findings: [{ code: 'endpoint-single-zone' }], https: { [DOMAIN]: 200 } },
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
      foreignEndpoint,
      { do: 'advance', time: '1m' },
      { do: 'create-service', tags: { ...TAGS, 'private-ingress:endpoint': 'vpce-00000000000000000' } },
      { do: 'advance', time: '1m' },
      {
        do: 'expect',
        visibility: 'public',
        findings: [{ code: 'endpoint-not-found', says: 'vpce-0000' }],
        endpoints: 1,
      },
    ],
    remedies: [
      {
        closes: 'endpoint-not-found',
        steps: [
          { do: 'tag', tags: { 'private-ingress:endpoint': '{theirs}' } },
          ready,
          inOrder,
          { do: 'expect', connections: ['AVAILABLE {theirs}'] },
        ],
      },
    ],
  },
  {
    id: 'second-service',
    chapter,
    situation: 'A second service in the VPC is tagged.',
    happens: 'It shares the endpoint of the first.',
    given: 'a ready service',
    steps: [
      {
        do: 'create-service',
        name: 'second',
        tags: { ...TAGS, 'private-ingress:domains': 'second.example.com' },
      },
      { do: 'until', service: 'second', phase: 'ready' },
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
    id: 'endpoint-created-again',
    chapter,
    situation: 'The endpoint that the stack created is deleted, and another one has to be made of other subnets.',
    happens:
      'EC2 takes a client token once. The next attempt has a new token, and the service works again with one endpoint.',
    given: 'a ready service',
    steps: [
      { do: 'advance', time: '5m' },
      ...endpointDeleted,
      { do: 'configure', environment: { ENDPOINT_SUBNET_IDS: '{subnet}' } },
      { do: 'enqueue' },
      { do: 'advance', time: '15m' },
      { do: 'until', phase: 'ready', within: '30m' },
      { do: 'expect', https: { [DOMAIN]: 200 }, vpcAnswers: { [DOMAIN]: 'endpoint' }, endpoints: 1 },
    ],
  },
  {
    id: 'no-security-group-given',
    chapter,
    situation: 'The stack is given no security group for the endpoint.',
    happens: 'It creates one of its own, which allows HTTPS from the VPC’s addresses.',
    worlds: [{ parameters: { EndpointSecurityGroupIds: '' } }],
    given,
    steps: [
      created,
      ready,
      inOrder,
      { do: 'expect', timeline: ['create a security group', 'create the App Runner interface endpoint'] },
    ],
  },
  {
    id: 'security-group-of-members-only',
    chapter,
    situation:
      'A live service gets the tag, and the only rule of the endpoint’s security group names the group itself.',
    happens:
      'From the VPC nothing would reach the endpoint, so the service stays public; a finding says why, before anything is cut.',
    given,
    steps: [
      {
        do: 'call',
        operation: 'CreateSecurityGroup',
        input: { GroupName: 'members', Description: 'HTTPS from members', VpcId: '{vpc}' },
        as: { members: 'GroupId' },
      },
      {
        do: 'call',
        operation: 'AuthorizeSecurityGroupIngress',
        input: {
          GroupId: '{members}',
          IpPermissions: [
            { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: '{members}' }] },
          ],
        },
      },
      {
        ...foreignEndpoint,
        input: { ...foreignEndpoint.input, SecurityGroupIds: ['{members}'] },
      },
      ...liveService,
      { do: 'advance', time: '2h' },
      { do: 'tag', tags: TAGS },
      blocked,
      {
        do: 'expect',
        visibility: 'public',
        findings: [{ code: 'endpoint-closed' }, { code: 'still-public', says: 'endpoint-closed' }],
        plan: ['endpoint-closed'],
      },
    ],
    remedies: [
      {
        closes: ['endpoint-closed', 'still-public'],
        steps: [
          {
            do: 'call',
            operation: 'AuthorizeSecurityGroupIngress',
            input: {
              GroupId: '{members}',
              IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
            },
          },
          { do: 'sweep' },
          ready,
          { do: 'expect', visibility: 'private', findings: [], https: { [DOMAIN]: 200 } },
        ],
      },
    ],
  },
  {
    id: 'security-group-closed',
    chapter,
    situation: 'The endpoint’s security group does not let HTTPS in.',
    happens: 'The stack does the rest and reports a finding; it does not change a group that it does not own.',
    given: 'a ready service',
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
    id: 'security-group-of-prefix-list',
    chapter,
    situation: 'The only rule of the endpoint’s security group names a prefix list, which holds the range of the VPC.',
    happens: 'The stack reads the list: the endpoint is open.',
    given: 'a ready service',
    steps: [
      {
        do: 'call',
        operation: 'CreateManagedPrefixList',
        input: {
          PrefixListName: 'clients',
          MaxEntries: 3,
          AddressFamily: 'IPv4',
          Entries: [{ Cidr: '192.0.2.0/24' }, { Cidr: '198.51.100.0/24' }, { Cidr: '10.0.0.0/8' }],
        },
        as: { list: 'PrefixList.PrefixListId' },
      },
      {
        do: 'call',
        operation: 'AuthorizeSecurityGroupIngress',
        input: {
          GroupId: '{security-group}',
          IpPermissions: [
            { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: '{list}' }] },
          ],
        },
      },
      {
        do: 'call',
        operation: 'RevokeSecurityGroupIngress',
        input: {
          GroupId: '{security-group}',
          IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }],
        },
      },
      { do: 'sweep' },
      { do: 'request-reconciliation' },
      { do: 'advance', time: '1m' },
      { do: 'expect', phase: 'ready', findings: [], https: { [DOMAIN]: 200 } },
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
      {
        do: 'expect',
        visibility: 'public',
        findings: [{ code: 'endpoint-unusable', says: 'failed' }],
        connections: [],
      },
    ],
    remedies: [
      {
        closes: 'endpoint-unusable',
        steps: [
          { do: 'call', operation: 'DeleteVpcEndpoints', input: { VpcEndpointIds: ['{endpoint}'] } },
          { do: 'advance', time: '1m' },
          { do: 'sweep' },
          ready,
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'endpoint-slow',
    chapter,
    situation: 'The endpoint stays `pending` for longer than fifteen minutes.',
    happens: 'The stack keeps waiting and reports a finding.',
    given,
    steps: [
      created,
      { do: 'advance', time: '1s' },
      { do: 'endpoint-becomes', state: 'pending' },
      { do: 'advance', time: '20m' },
      { do: 'expect', phase: 'attaching', visibility: 'public', findings: [{ code: 'overdue', says: 'is pending' }] },
    ],
    remedies: [
      {
        closes: 'overdue',
        steps: [{ do: 'endpoint-becomes', state: 'available' }, ready, inOrder],
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
        visibility: 'public',
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
          ready,
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
      { do: 'expect', visibility: 'public', findings: [{ code: 'vpc-not-given' }], atMost: { writes: 0 } },
    ],
    remedies: [
      { closes: 'vpc-not-given', steps: [{ do: 'tag', tags: { 'private-ingress:vpc': '{vpc}' } }, ready, inOrder] },
    ],
  },
  {
    id: 'vpc-not-found',
    chapter,
    situation: 'The VPC named by the tag does not exist.',
    happens: 'Nothing is cut; the certificate is asked for all the same.',
    worlds: [
      { name: 'Route 53 lists no zones for it', switches: { zonesOfForeignVpc: 'empty' } },
      { name: 'Route 53 refuses to list its zones', switches: { zonesOfForeignVpc: 'refused' } },
    ],
    given,
    steps: [
      { do: 'create-service', tags: { ...TAGS, 'private-ingress:vpc': 'vpc-00000000000000000' } },
      { do: 'advance', time: '1m' },
      { do: 'expect', visibility: 'public', findings: [{ code: 'vpc-not-found', says: 'vpc-00000000000000000' }] },
    ],
    remedies: [{ closes: 'vpc-not-found', steps: [{ do: 'untag', keys: ['private-ingress:vpc'] }, ready, inOrder] }],
  },
  {
    id: 'vpc-of-another-account',
    chapter,
    situation: 'The VPC named by the tag belongs to another account.',
    happens: 'It is not seen from here, so nothing is cut.',
    worlds: [
      { name: 'Route 53 lists no zones for it', switches: { zonesOfForeignVpc: 'empty' } },
      { name: 'Route 53 refuses to list its zones', switches: { zonesOfForeignVpc: 'refused' } },
    ],
    given,
    steps: [
      {
        do: 'call',
        operation: 'CreateVpc',
        account: '210987654321',
        input: { CidrBlock: '10.1.0.0/16' },
        as: { theirs: 'Vpc.VpcId' },
      },
      { do: 'create-service', tags: { ...TAGS, 'private-ingress:vpc': '{theirs}' } },
      { do: 'advance', time: '1m' },
      { do: 'expect', visibility: 'public', findings: [{ code: 'vpc-not-found', says: '{theirs}' }] },
    ],
  },
  {
    id: 'vpc-shared',
    chapter,
    situation: 'The VPC named by the tag belongs to another account, which shares its subnets with this one.',
    happens: 'Nothing is made there: users report that App Runner does not see endpoints in shared VPCs.',
    worlds: [
      { name: 'Route 53 lists no zones for it', switches: { zonesOfForeignVpc: 'empty' } },
      { name: 'Route 53 refuses to list its zones', switches: { zonesOfForeignVpc: 'refused' } },
    ],
    given,
    steps: [
      {
        do: 'call',
        operation: 'CreateVpc',
        account: '210987654321',
        input: { CidrBlock: '10.1.0.0/16' },
        as: { theirs: 'Vpc.VpcId' },
      },
      { do: 'share-vpc', vpc: '{theirs}' },
      { do: 'create-service', tags: { ...TAGS, 'private-ingress:vpc': '{theirs}' } },
      blocked,
      { do: 'expect', visibility: 'public', findings: [{ code: 'vpc-shared', says: '210987654321' }], endpoints: 0 },
    ],
    remedies: [{ closes: 'vpc-shared', steps: [{ do: 'untag', keys: ['private-ingress:vpc'] }, ready, inOrder] }],
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
      { do: 'expect', visibility: 'public', findings: [{ code: 'vpc-dns-off' }], endpoints: 0 },
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
          ready,
          inOrder,
        ],
      },
    ],
  },
];
