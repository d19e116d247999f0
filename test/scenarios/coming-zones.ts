import type { Scenario } from './scenario.ts';
import { blocked, claimed, created, DOMAIN, inOrder, ready, TAGS, withDomains } from './vocabulary.ts';

const chapter = 'coming';
const given = 'nothing';

/** The hosted zones that hold the names. */
export const zones: readonly Scenario[] = [
  {
    id: 'no-zone',
    chapter,
    situation: 'No hosted zone holds the name; then there is one, which the stack may not write to.',
    happens: 'Nothing is asked of App Runner for the name until there is a zone that is allowed.',
    worlds: [{ parameters: { AllowedNames: '*.example.com,*.example.net' } }],
    given,
    steps: [
      { do: 'create-service', tags: withDomains(`hello.example.net ${DOMAIN}`) },
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'zone-not-found', says: 'hello.example.net' }],
        domains: { [DOMAIN]: 'active' },
        vpcAnswers: { [DOMAIN]: 'endpoint' },
      },
    ],
    remedies: [
      {
        closes: 'zone-not-found',
        steps: [
          { do: 'call', operation: 'CreateHostedZone', input: { Name: 'example.net', CallerReference: 'net' } },
          { do: 'sweep' },
          { do: 'expect', phase: 'blocked', findings: [{ code: 'zone-not-allowed', says: 'not in `AllowedZones`' }] },
        ],
      },
      { closes: 'zone-not-allowed', steps: [{ do: 'tag', tags: TAGS }, ready, inOrder] },
    ],
  },
  {
    id: 'only-a-private-zone-elsewhere',
    chapter,
    situation: 'The only zone that holds the name is private and not associated with the VPC.',
    happens: 'No certificate is requested; a finding says which zone to associate.',
    worlds: [{ parameters: { AllowedNames: '*.example.com,*.example.net' } }],
    given,
    steps: [
      { do: 'call', operation: 'CreateVpc', input: { CidrBlock: '10.1.0.0/16' }, as: { 'other-vpc': 'Vpc.VpcId' } },
      {
        do: 'call',
        operation: 'CreateHostedZone',
        input: {
          Name: 'example.net',
          CallerReference: 'net',
          VPC: { VPCId: '{other-vpc}', VPCRegion: 'ap-northeast-1' },
        },
        as: { net: 'HostedZone.Id' },
      },
      { do: 'create-service', tags: withDomains(`hello.example.net ${DOMAIN}`) },
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'zone-not-associated', says: 'example.net' }],
        domains: { [DOMAIN]: 'active' },
        vpcAnswers: { [DOMAIN]: 'endpoint' },
      },
    ],
    remedies: [
      {
        closes: 'zone-not-associated',
        steps: [
          {
            do: 'call',
            operation: 'AssociateVPCWithHostedZone',
            input: { HostedZoneId: '{net}', VPC: { VPCId: '{vpc}', VPCRegion: 'ap-northeast-1' } },
          },
          { do: 'sweep' },
        ],
      },
    ],
  },
  {
    id: 'closest-zone',
    chapter,
    situation: 'Beside example.com there are public zones for the subdomain app.example.com and for its neighbour.',
    happens:
      'The zone with the longest suffix is written to: validation in the public app.example.com; traffic in the VPC’s private example.com, which shadows it.',
    zones: [
      { as: 'app', name: 'app.example.com', inVpc: false },
      { as: 'neighbour', name: 'ap.example.com', inVpc: false },
    ],
    given,
    steps: [
      { do: 'create-service', tags: withDomains('hello.app.example.com') },
      ready,
      {
        do: 'expect',
        findings: [],
        records: {
          private: claimed('hello.app.example.com'),
          public: [],
          app: ['validation hello.app.example.com'],
          neighbour: [],
        },
        vpcAnswers: { 'hello.app.example.com': 'endpoint' },
      },
    ],
  },
  {
    id: 'closest-private-zone',
    chapter,
    situation: 'The VPC has two private zones that hold the name: example.com and app.example.com.',
    happens: 'The closer one answers inside the VPC, so it gets the alias.',
    zones: [{ as: 'app', name: 'app.example.com', inVpc: true }],
    given,
    steps: [
      { do: 'create-service', tags: withDomains('hello.app.example.com') },
      ready,
      {
        do: 'expect',
        findings: [],
        records: { private: [], public: ['validation hello.app.example.com'], app: claimed('hello.app.example.com') },
        vpcAnswers: { 'hello.app.example.com': 'endpoint' },
      },
    ],
  },
  {
    id: 'zone-pinned',
    chapter,
    situation: 'Two private zones of the VPC hold the name; the tag `private-ingress:zone` names the wider one.',
    happens: 'The pinned zone is written to, although the other has the longer suffix.',
    zones: [{ as: 'app', name: 'app.example.com', inVpc: true }],
    given,
    steps: [
      {
        do: 'create-service',
        tags: { ...withDomains('hello.app.example.com'), 'private-ingress:zone': '{private-zone}' },
      },
      { do: 'advance', time: '1m' },
      { do: 'expect', records: { private: claimed('hello.app.example.com'), app: [] } },
    ],
  },
  {
    id: 'private-zone-elsewhere',
    chapter,
    situation: 'The private zone is not associated with the VPC; later it is.',
    happens:
      'The public zone carries the traffic, as an alias to the App Runner name. Once the private zone answers in the VPC, the record is made there first and then taken out of the public one.',
    worlds: [
      { name: 'the connection’s name is in public DNS' },
      { name: 'the connection’s name is private', switches: { connectionNameIsPublic: false } },
    ],
    given,
    steps: [
      {
        do: 'call',
        operation: 'CreateVpc',
        input: { CidrBlock: '10.1.0.0/16' },
        as: { 'other-vpc': 'Vpc.VpcId' },
      },
      {
        do: 'call',
        operation: 'AssociateVPCWithHostedZone',
        input: { HostedZoneId: '{private-zone}', VPC: { VPCId: '{other-vpc}', VPCRegion: 'ap-northeast-1' } },
      },
      {
        do: 'call',
        operation: 'DisassociateVPCFromHostedZone',
        input: { HostedZoneId: '{private-zone}', VPC: { VPCId: '{vpc}', VPCRegion: 'ap-northeast-1' } },
      },
      created,
      ready,
      {
        do: 'expect',
        findings: [],
        records: { private: [], public: [...claimed(DOMAIN, '{connection-name}'), `validation ${DOMAIN}`] },
        vpcAnswers: { [DOMAIN]: 'endpoint' },
        https: { [DOMAIN]: 200 },
      },
      {
        do: 'call',
        operation: 'AssociateVPCWithHostedZone',
        input: { HostedZoneId: '{private-zone}', VPC: { VPCId: '{vpc}', VPCRegion: 'ap-northeast-1' } },
      },
      { do: 'sweep' },
      inOrder,
    ],
  },
];
