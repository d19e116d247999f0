import type { Scenario, Tags } from './scenario.ts';
import { addressRecord, blocked, claimed, DOMAIN, inOrder, ownership, settled, TAGS } from './vocabulary.ts';

const chapter = 'coming';
const given = 'nothing';
const withDomains = (domains: string): Tags => ({ ...TAGS, 'private-ingress:domains': domains });
const created = { do: 'create-service', name: 'hello', tags: TAGS } as const;

/** The names in the tag, and the zones that hold them. */
export const domains: readonly Scenario[] = [
  {
    id: 'five-domains',
    chapter,
    situation: 'Five domains: the apex, a subdomain, a wildcard, a `www.` listed by name, and one in the second tag.',
    happens: 'All are published, each in its own time; `www.` is associated only because it is listed.',
    given,
    steps: [
      {
        do: 'create-service',
        tags: {
          ...withDomains('example.com hello.example.com www.hello.example.com _wildcard.example.com'),
          'private-ingress:domains-2': 'more.example.com',
        },
      },
      settled,
      {
        do: 'expect',
        findings: [],
        domains: {
          'example.com': 'active',
          'hello.example.com': 'active',
          'www.hello.example.com': 'active',
          '*.example.com': 'active',
          'more.example.com': 'active',
        },
        vpcAnswers: { 'example.com': 'endpoint', 'anything.example.com': 'endpoint', 'more.example.com': 'endpoint' },
        https: { 'example.com': 200, 'www.hello.example.com': 200, 'anything.example.com': 200 },
      },
    ],
  },
  {
    id: 'sixth-domain',
    chapter,
    situation: 'Six domains are listed.',
    happens: 'App Runner takes five: the first five are published, the sixth is ignored.',
    given,
    steps: [
      { do: 'create-service', tags: withDomains([1, 2, 3, 4, 5, 6].map((n) => `d${n}.example.com`).join(' ')) },
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'domains-too-many', says: 'd6.example.com' }],
        vpcAnswers: { 'd1.example.com': 'endpoint', 'd5.example.com': 'endpoint', 'd6.example.com': [] },
      },
    ],
    remedies: [
      {
        closes: 'domains-too-many',
        steps: [
          { do: 'tag', tags: withDomains([1, 2, 3, 4, 5].map((n) => `d${n}.example.com`).join(' ')) },
          settled,
          { do: 'expect', findings: [] },
        ],
      },
    ],
  },
  {
    id: 'impossible-names',
    chapter,
    situation: 'One of the names is not a domain name: an empty label, a label longer than DNS allows, an address.',
    happens: 'Each is told with what is wrong with it; the good name beside them is published all the same.',
    given,
    steps: [
      {
        do: 'create-service',
        tags: withDomains(`hello..example.com ${DOMAIN} 10.0.22.10 ${'a'.repeat(64)}.example.com`),
      },
      blocked,
      {
        do: 'expect',
        findings: [
          { code: 'domain-invalid', says: 'empty label' },
          { code: 'domain-invalid', says: 'longer than 63' },
          { code: 'domain-invalid', says: 'IP address' },
        ],
        vpcAnswers: { [DOMAIN]: 'endpoint' },
      },
    ],
    remedies: [{ closes: 'domain-invalid', steps: [{ do: 'tag', tags: TAGS }, settled, inOrder] }],
  },
  {
    id: 'name-not-allowed',
    chapter,
    situation: 'A name in the tag does not match the stack’s `AllowedNames`.',
    happens: 'It is never asked for anywhere; the other name is published.',
    given,
    steps: [
      { do: 'create-service', tags: withDomains(`hello.example.org ${DOMAIN}`) },
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'domain-not-allowed', says: 'hello.example.org' }],
        domains: { [DOMAIN]: 'active' },
        vpcAnswers: { [DOMAIN]: 'endpoint' },
      },
    ],
    remedies: [{ closes: 'domain-not-allowed', steps: [{ do: 'tag', tags: TAGS }, settled, inOrder] }],
  },
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
          { do: 'expect', phase: 'blocked', findings: [{ code: 'zone-not-allowed', says: 'not in AllowedZones' }] },
        ],
      },
      { closes: 'zone-not-allowed', steps: [{ do: 'tag', tags: TAGS }, settled, inOrder] },
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
      settled,
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
    happens: 'The closer one answers inside the VPC, so the alias stands there.',
    zones: [{ as: 'app', name: 'app.example.com', inVpc: true }],
    given,
    steps: [
      { do: 'create-service', tags: withDomains('hello.app.example.com') },
      settled,
      {
        do: 'expect',
        findings: [],
        records: { private: [], public: ['validation hello.app.example.com'], app: claimed('hello.app.example.com') },
        vpcAnswers: { 'hello.app.example.com': 'endpoint' },
      },
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
      settled,
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
  {
    id: 'record-of-somebody',
    chapter,
    situation: 'At the name stands somebody else’s record.',
    happens: 'It is left alone; everything else is made ready, and published once the record is gone.',
    given,
    steps: [
      { do: 'put-record', zone: 'private', record: addressRecord(DOMAIN, '192.0.2.1') },
      created,
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'record-foreign', says: '192.0.2.1' }],
        domains: { [DOMAIN]: 'active' },
        vpcAnswers: { [DOMAIN]: ['192.0.2.1'] },
      },
    ],
    remedies: [
      {
        closes: 'record-foreign',
        steps: [{ do: 'delete-record', zone: 'private', name: DOMAIN, type: 'A' }, { do: 'sweep' }, inOrder],
      },
    ],
  },
  {
    id: 'cname-of-somebody',
    chapter,
    situation: 'At the name stands a CNAME, where the alias should go.',
    happens: 'It is left alone.',
    given,
    steps: [
      {
        do: 'put-record',
        zone: 'private',
        record: { Name: DOMAIN, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: 'elsewhere.example.org' }] },
      },
      created,
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'record-foreign', says: 'elsewhere.example.org' }],
        records: { private: [`CNAME ${DOMAIN} elsewhere.example.org`] },
      },
    ],
    remedies: [
      {
        closes: 'record-foreign',
        steps: [{ do: 'delete-record', zone: 'private', name: DOMAIN, type: 'CNAME' }, { do: 'sweep' }, inOrder],
      },
    ],
  },
  {
    id: 'weighted-record',
    chapter,
    situation: 'At the name stand weighted records: somebody’s traffic shift.',
    happens: 'Records with a SetIdentifier are never touched.',
    given,
    steps: [
      {
        do: 'put-record',
        zone: 'private',
        record: { ...addressRecord(DOMAIN, '192.0.2.1'), SetIdentifier: 'blue', Weight: 10 },
      },
      created,
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'record-foreign', says: 'SetIdentifier "blue"' }],
        records: { private: [`A ${DOMAIN} (blue) 192.0.2.1`] },
      },
    ],
  },
  {
    id: 'other-installation',
    chapter,
    situation: 'Another installation of this stack has claimed the name in the same zone.',
    happens: 'Its claim is respected, even while nothing stands at the name.',
    given,
    steps: [
      {
        do: 'put-record',
        zone: 'private',
        record: {
          Name: `_private-ingress.${DOMAIN}`,
          Type: 'TXT',
          TTL: 300,
          ResourceRecords: [{ Value: `"v=1 owner=other service=${'0'.repeat(32)}"` }],
        },
      },
      created,
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'record-foreign', says: 'installation "other"' }],
        records: { private: [ownership(DOMAIN, '0'.repeat(32), 'other')] },
      },
    ],
  },
  {
    id: 'two-services-one-name',
    chapter,
    situation: 'Two services list the same domain.',
    happens: 'App Runner associates it with the first one only. That one is left in peace; the second is told.',
    given: 'a settled service',
    steps: [
      { do: 'create-service', name: 'second', tags: withDomains(`${DOMAIN} second.example.com`) },
      { do: 'advance', time: '5m' },
      {
        do: 'expect',
        service: 'second',
        findings: [{ code: 'domain-taken', says: 'already associated' }],
        vpcAnswers: { 'second.example.com': 'endpoint' },
      },
      {
        ...inOrder,
        records: {
          private: [...claimed(DOMAIN), ...claimed('second.example.com', '{endpoint-name}', '{service-id second}')],
        },
      },
    ],
    remedies: [
      {
        closes: 'domain-taken',
        steps: [
          { do: 'tag', service: 'second', tags: withDomains('second.example.com') },
          { do: 'until', service: 'second', phase: 'settled' },
        ],
      },
    ],
  },
  {
    id: 'certificate-fails-once',
    chapter,
    situation: 'App Runner cannot get the certificate at first (`create_failed`).',
    happens: 'The domain, which has never carried traffic, is disassociated and asked for again.',
    given,
    steps: [
      { do: 'fail-next', what: 'certificate' },
      created,
      settled,
      inOrder,
      { do: 'expect', timeline: ['finding certificate-failed', 'disassociate', 'associate', 'settled'] },
    ],
  },
  {
    id: 'certificate-keeps-failing',
    chapter,
    situation: 'App Runner cannot get the certificate, again and again.',
    happens: 'It is asked for again after growing pauses, a bounded number of times. The name is not published.',
    given,
    steps: [
      { do: 'fail-next', what: 'certificate', times: 4 },
      { do: 'count-calls' },
      created,
      { do: 'advance', time: '4h' },
      {
        do: 'expect',
        phase: 'blocked',
        findings: [{ code: 'certificate-failed', says: DOMAIN }],
        vpcAnswers: { [DOMAIN]: [] },
        reach: 'private',
        atMost: { 'apprunner:AssociateCustomDomain': 4 },
      },
    ],
    remedies: [
      {
        closes: 'certificate-failed',
        steps: [
          { do: 'untag', keys: ['private-ingress:domains'] },
          { do: 'advance', time: '1m' },
          { do: 'tag', tags: TAGS },
          settled,
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'caa-forbids',
    chapter,
    situation: 'A CAA record lets another issuer only make certificates for the name.',
    happens: 'App Runner is not asked for a certificate that would fail; the rest is made ready.',
    given,
    steps: [
      {
        do: 'put-record',
        zone: 'public',
        record: {
          Name: 'example.com',
          Type: 'CAA',
          TTL: 300,
          ResourceRecords: [{ Value: '0 issue "letsencrypt.org"' }],
        },
      },
      created,
      blocked,
      { do: 'expect', findings: [{ code: 'caa-forbids', says: 'letsencrypt.org' }], domains: {}, reach: 'private' },
    ],
    remedies: [
      {
        closes: 'caa-forbids',
        steps: [
          {
            do: 'put-record',
            zone: 'public',
            record: {
              Name: 'example.com',
              Type: 'CAA',
              TTL: 300,
              ResourceRecords: [{ Value: '0 issue "letsencrypt.org"' }, { Value: '0 issue "amazon.com"' }],
            },
          },
          { do: 'sweep' },
          settled,
          { do: 'expect', findings: [], https: { [DOMAIN]: 200 } },
        ],
      },
    ],
  },
  {
    id: 'shared-certificate-record',
    chapter,
    situation: 'Two domains, the apex and its wildcard, need the same validation record; then the wildcard goes.',
    happens: 'The record is written once, and stays as long as one of the two needs it.',
    given,
    steps: [
      { do: 'create-service', tags: withDomains('example.com _wildcard.example.com') },
      settled,
      { do: 'tag', tags: withDomains('example.com') },
      { do: 'advance', time: '1m' },
      {
        do: 'expect',
        phase: 'settled',
        findings: [],
        domains: { 'example.com': 'active' },
        records: { private: claimed('example.com'), public: ['validation example.com'] },
      },
      { do: 'tag', tags: { 'private-ingress': 'disabled' } },
      { do: 'until', phase: 'detached' },
      { do: 'expect', records: { private: [], public: [] } },
    ],
  },
  {
    id: 'certificate-waits-for-days',
    chapter,
    situation:
      'There are two public zones of the same name, and the domain is delegated to the one that was not written to.',
    happens: 'The certificate is waited for, ever more slowly; after two days people are told.',
    zones: [{ as: 'twin', name: 'example.com', inVpc: false }],
    given,
    steps: [
      created,
      { do: 'advance', time: '1h' },
      { do: 'expect', phase: 'waiting-for-certificate', findings: [], vpcAnswers: { [DOMAIN]: [] } },
      { do: 'advance', time: '48h' },
      { do: 'expect', phase: 'waiting-for-certificate', findings: [{ code: 'overdue', says: 'the certificate' }] },
    ],
    remedies: [
      {
        closes: 'overdue',
        steps: [{ do: 'tag', tags: { 'private-ingress:zone': '{public-zone}' } }, settled],
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
    id: 'only-a-private-zone-elsewhere',
    chapter,
    situation: 'The only zone that holds the name is private and not associated with the VPC.',
    happens: 'Nothing is asked for; people are told which zone to associate.',
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
    id: 'adopted',
    chapter,
    situation: 'At the name stands somebody’s record, and the tag `private-ingress:adopt` names the domain.',
    happens:
      'The record is replaced in one batch, without a gap, and the tag is taken back: it asks for one deed, once.',
    given,
    steps: [
      { do: 'put-record', zone: 'private', record: addressRecord(DOMAIN, '192.0.2.1') },
      created,
      blocked,
      { do: 'expect', findings: [{ code: 'record-foreign' }] },
    ],
    remedies: [
      {
        closes: 'record-foreign',
        steps: [
          { do: 'tag', tags: { 'private-ingress:adopt': DOMAIN } },
          settled,
          inOrder,
          { do: 'expect', tags: { ...TAGS } },
        ],
      },
    ],
  },
  {
    id: 'validation-record-of-somebody',
    chapter: 'staying',
    situation: 'At the name of a certificate validation record somebody has put another CNAME.',
    happens: 'It is left alone. The service goes on answering; only the renewal of the certificate is at risk.',
    given: 'a settled service',
    steps: [
      {
        do: 'put-record',
        zone: 'public',
        record: {
          Name: '{validation-name}',
          Type: 'CNAME',
          TTL: 60,
          ResourceRecords: [{ Value: 'elsewhere.example.org' }],
        },
      },
      { do: 'sweep' },
      {
        do: 'expect',
        phase: 'blocked',
        findings: [{ code: 'validation-record-foreign', says: 'elsewhere.example.org' }],
        https: { [DOMAIN]: 200 },
      },
    ],
    remedies: [
      {
        closes: 'validation-record-foreign',
        steps: [
          { do: 'delete-record', zone: 'public', name: '{validation-name}', type: 'CNAME' },
          { do: 'sweep' },
          inOrder,
        ],
      },
    ],
  },
];
