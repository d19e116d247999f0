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
    id: 'zone-pinned-but-shadowed',
    chapter,
    situation: 'Two private zones of the VPC hold the name; the tag `private-ingress:zone` names the wider one.',
    happens:
      'Inside the VPC the closer zone answers, so a record in the pinned one would lead nowhere. Nothing is written; a finding names both zones.',
    zones: [{ as: 'app', name: 'app.example.com', inVpc: true }],
    given,
    steps: [
      {
        do: 'create-service',
        tags: { ...withDomains('hello.app.example.com'), 'private-ingress:zone': '{private-zone}' },
      },
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'zone-shadowed', says: '{app}' }],
        records: { private: [], public: [], app: [] },
        domains: {},
        plan: ['The tag names the private zone example.com ({private-zone})'],
      },
    ],
    remedies: [
      {
        closes: 'zone-shadowed',
        steps: [
          { do: 'tag', tags: { 'private-ingress:zone': '{app}' } },
          ready,
          { do: 'expect', findings: [], vpcAnswers: { 'hello.app.example.com': 'endpoint' } },
        ],
      },
    ],
  },
  {
    id: 'zone-of-another-account',
    chapter,
    situation:
      'A private zone of another account, closer to the name than ours, is associated with the VPC and answers there.',
    happens:
      'Nothing is written to the wider zone, and no certificate is requested: the name would lead elsewhere. A finding names the zone and its account.',
    given,
    steps: [
      {
        do: 'call',
        operation: 'CreateVpc',
        account: '999999999999',
        input: { CidrBlock: '10.7.0.0/16' },
        as: { 'their-vpc': 'Vpc.VpcId' },
      },
      {
        do: 'call',
        operation: 'CreateHostedZone',
        account: '999999999999',
        input: {
          Name: DOMAIN,
          CallerReference: 'theirs',
          VPC: { VPCId: '{their-vpc}', VPCRegion: 'ap-northeast-1' },
        },
        as: { theirs: 'HostedZone.Id' },
      },
      {
        do: 'call',
        operation: 'CreateVPCAssociationAuthorization',
        account: '999999999999',
        input: { HostedZoneId: '{theirs}', VPC: { VPCId: '{vpc}', VPCRegion: 'ap-northeast-1' } },
      },
      {
        do: 'call',
        operation: 'AssociateVPCWithHostedZone',
        input: { HostedZoneId: '{theirs}', VPC: { VPCId: '{vpc}', VPCRegion: 'ap-northeast-1' } },
      },
      created,
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'zone-shadowed', says: '({theirs}, owned by account 999999999999)' }],
        records: { private: [], public: [] },
        domains: {},
        plan: ['owned by account 999999999999'],
      },
    ],
    remedies: [
      {
        closes: 'zone-shadowed',
        steps: [
          {
            do: 'call',
            operation: 'DisassociateVPCFromHostedZone',
            input: { HostedZoneId: '{theirs}', VPC: { VPCId: '{vpc}', VPCRegion: 'ap-northeast-1' } },
          },
          { do: 'sweep' },
          ready,
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'zone-not-delegated',
    chapter,
    situation: 'The public zone app.example.com holds the name, but example.com does not delegate to it.',
    happens:
      'A validation record there would never be seen, so no certificate is requested; a finding shows the name servers of the zone. Once public DNS leads to the pinned zone, the name comes up.',
    zones: [{ as: 'app', name: 'app.example.com', inVpc: false }],
    given,
    steps: [
      { do: 'delete-record', zone: 'public', name: 'app.example.com', type: 'NS' },
      { do: 'create-service', tags: withDomains('hello.app.example.com') },
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'zone-not-delegated', says: 'Public DNS has no name servers for app.example.com' }],
        records: { private: [], public: [], app: [] },
        domains: {},
        plan: ['Public DNS has no name servers for app.example.com'],
      },
    ],
    remedies: [
      {
        closes: 'zone-not-delegated',
        steps: [
          { do: 'tag', tags: { 'private-ingress:zone': '{public-zone}' } },
          ready,
          {
            do: 'expect',
            findings: [],
            records: { public: ['validation hello.app.example.com'], app: [] },
            https: { 'hello.app.example.com': 200 },
          },
        ],
      },
    ],
  },
  {
    id: 'name-delegated-away',
    chapter,
    situation: 'NS records in the public zone delegate the name to the name servers of another provider.',
    happens: 'No certificate is requested; a finding shows those name servers and the zone’s own.',
    given,
    steps: [
      {
        do: 'put-record',
        zone: 'public',
        record: { Name: DOMAIN, Type: 'NS', TTL: 300, ResourceRecords: [{ Value: 'ns1.provider.test' }] },
      },
      created,
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'zone-not-delegated', says: 'ns1.provider.test' }],
        records: { private: [] },
        domains: {},
        plan: ['NS records at hello.example.com'],
      },
    ],
    remedies: [
      {
        closes: 'zone-not-delegated',
        steps: [{ do: 'delete-record', zone: 'public', name: DOMAIN, type: 'NS' }, { do: 'sweep' }, ready, inOrder],
      },
    ],
  },
  {
    id: 'two-zones-of-one-name',
    chapter,
    situation: 'There are two public zones app.example.com, both allowed; example.com delegates to one of them.',
    happens:
      'The one that public DNS leads to gets the validation records. When it leads to neither any more and another name comes, a finding names both.',
    zones: [
      { as: 'one', name: 'app.example.com', inVpc: false },
      { as: 'two', name: 'app.example.com', inVpc: false },
    ],
    given,
    steps: [
      { do: 'create-service', tags: withDomains('hello.app.example.com') },
      ready,
      {
        do: 'expect',
        findings: [],
        records: { one: ['validation hello.app.example.com'], two: [] },
        https: { 'hello.app.example.com': 200 },
      },
      { do: 'delete-record', zone: 'public', name: 'app.example.com', type: 'NS' },
      { do: 'tag', tags: withDomains('hello.app.example.com other.app.example.com') },
      blocked,
      {
        do: 'expect',
        findings: [
          { code: 'zone-ambiguous', says: '({two}) hold other.app.example.com' },
          { code: 'zone-not-delegated', says: 'The certificate of hello.app.example.com will not be renewed' },
        ],
        records: { two: [] },
        https: { 'hello.app.example.com': 200 },
        plan: ['hold other.app.example.com'],
      },
    ],
    remedies: [{ closes: 'zone-ambiguous', steps: [{ do: 'tag', tags: withDomains('hello.app.example.com') }, ready] }],
  },
  {
    id: 'delegation-lost',
    chapter: 'staying',
    situation: 'A service is ready, and then example.com no longer delegates to the public zone of its name.',
    happens:
      'The name keeps answering, and its certificate cannot be renewed: a finding says so while there is time, and shows the name servers.',
    zones: [{ as: 'app', name: 'app.example.com', inVpc: false }],
    given,
    steps: [
      { do: 'create-service', tags: withDomains('hello.app.example.com') },
      ready,
      { do: 'delete-record', zone: 'public', name: 'app.example.com', type: 'NS' },
      { do: 'sweep' },
      { do: 'advance', time: '20m' },
      {
        do: 'expect',
        phase: 'ready',
        findings: [{ code: 'zone-not-delegated', says: 'will not be renewed' }],
        https: { 'hello.app.example.com': 200 },
        plan: ['warning', 'Public DNS gives none as name servers of app.example.com'],
      },
    ],
    remedies: [
      {
        closes: 'zone-not-delegated',
        steps: [
          {
            do: 'put-record',
            zone: 'public',
            record: {
              Name: 'app.example.com',
              Type: 'NS',
              TTL: 300,
              ResourceRecords: [{ Value: '{name-server app}' }],
            },
          },
          { do: 'sweep' },
        ],
      },
    ],
  },
  {
    id: 'zone-tag-of-no-use',
    chapter,
    situation: 'The tag `private-ingress:zone` names a hosted zone that does not exist.',
    happens: 'The zones are chosen as without the tag; a finding says that it is of no use.',
    given,
    steps: [
      { do: 'create-service', tags: { ...TAGS, 'private-ingress:zone': 'Z00000000000000000001' } },
      ready,
      {
        do: 'expect',
        findings: [{ code: 'zone-tag-unused', says: 'Z00000000000000000001' }],
        vpcAnswers: { [DOMAIN]: 'endpoint' },
        plan: ['Z00000000000000000001'],
      },
    ],
    remedies: [{ closes: 'zone-tag-unused', steps: [{ do: 'untag', keys: ['private-ingress:zone'] }, ready, inOrder] }],
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
