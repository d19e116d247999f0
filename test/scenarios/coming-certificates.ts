import type { Expectation, Scenario, Step } from './scenario.ts';
import {
  addressRecord,
  associates,
  blocked,
  claimed,
  created,
  DOMAIN,
  inOrder,
  ready,
  TAGS,
  withDomains,
} from './vocabulary.ts';

const chapter = 'coming';
const given = 'nothing';

/** One of two domains is published and works; the record that the other one's certificate needs is not seen. */
const lateIsWaitedFor = {
  do: 'expect',
  phase: 'waiting-for-certificate',
  findings: [],
  records: { late: ['validation late.example.com'], private: claimed(DOMAIN) },
  domains: { 'late.example.com': 'pending_certificate_dns_validation', [DOMAIN]: 'active' },
  vpcAnswers: { 'late.example.com': [], [DOMAIN]: 'endpoint' },
  https: { [DOMAIN]: 200 },
} satisfies Expectation;

/** The zone example.com names this name server, and no other one, for late.example.com. */
const delegatedTo = (server: string): Step => ({
  do: 'put-record',
  zone: 'public',
  record: { Name: 'late.example.com', Type: 'NS', TTL: 300, ResourceRecords: [{ Value: server }] },
});

/** The certificate of a name. */
export const certificates: readonly Scenario[] = [
  {
    id: 'domain-associated-by-hand',
    chapter,
    situation: 'The owner associates the domain with the service before tagging it.',
    happens:
      'The stack uses the association and does not own it: when the service is detached, the association stays, and so does the validation record it needs.',
    given,
    steps: [
      { do: 'create-service' },
      { do: 'advance', time: '1m' },
      associates(false),
      { do: 'tag', tags: TAGS },
      ready,
      inOrder,
      { do: 'tag', tags: { 'private-ingress': 'disabled' } },
      { do: 'until', phase: 'detached' },
      {
        do: 'expect',
        connections: [],
        domains: { [DOMAIN]: 'active' },
        records: { private: [], public: [`validation ${DOMAIN}`] },
      },
    ],
  },
  {
    id: 'www-covered',
    chapter,
    situation:
      'The owner’s association covers `www.` of the domain too (EnableWWWSubdomain), and the tag lists both names.',
    happens: 'Both names belong to this service: both are published, and no second association is asked for.',
    given,
    steps: [
      { do: 'create-service' },
      { do: 'advance', time: '1m' },
      associates(true),
      { do: 'tag', tags: withDomains(`${DOMAIN} www.${DOMAIN}`) },
      ready,
      {
        do: 'expect',
        domains: { [DOMAIN]: 'active' },
        findings: [],
        vpcAnswers: { [DOMAIN]: 'endpoint', [`www.${DOMAIN}`]: 'endpoint' },
        https: { [DOMAIN]: 200, [`www.${DOMAIN}`]: 200 },
      },
    ],
  },
  {
    id: 'www-not-claimed',
    chapter,
    situation: 'The owner’s association covers `www.` of the domain too, and the tag lists the domain alone.',
    happens:
      'No certificate is validated for a name that the service does not have, so none is issued for the association.',
    given,
    steps: [
      { do: 'create-service' },
      { do: 'advance', time: '1m' },
      associates(true),
      { do: 'tag', tags: TAGS },
      { do: 'advance', time: '2m' },
      {
        do: 'expect',
        findings: [{ code: 'www-not-claimed', says: `www.${DOMAIN}` }],
        domains: { [DOMAIN]: 'pending_certificate_dns_validation' },
        records: { private: [], public: [`validation ${DOMAIN}`] },
      },
    ],
    remedies: [
      {
        closes: 'www-not-claimed',
        steps: [
          {
            do: 'call',
            operation: 'DisassociateCustomDomain',
            input: { ServiceArn: '{service}', DomainName: DOMAIN },
          },
          { do: 'enqueue' },
          ready,
          { do: 'expect', findings: [], domains: { [DOMAIN]: 'active' }, vpcAnswers: { [DOMAIN]: 'endpoint' } },
        ],
      },
    ],
  },
  {
    id: 'public-name-taken-associated-by-hand',
    chapter,
    situation:
      'Another owner has the public name. The owner of the service associates the domain, and tags it for the private zone.',
    happens: 'No validation record is written: the certificate would be valid for the public name as well.',
    given,
    steps: [
      { do: 'put-record', zone: 'public', record: addressRecord(DOMAIN, '192.0.2.1') },
      { do: 'create-service' },
      { do: 'advance', time: '1m' },
      associates(false),
      { do: 'tag', tags: TAGS },
      { do: 'advance', time: '2m' },
      {
        do: 'expect',
        findings: [{ code: 'record-foreign', says: 'would be valid for the public name as well' }],
        domains: { [DOMAIN]: 'pending_certificate_dns_validation' },
        records: { private: [], public: [`A ${DOMAIN} 192.0.2.1`] },
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
      ready,
      inOrder,
      { do: 'expect', timeline: ['finding certificate-failed', 'disassociate', 'associate', 'ready'] },
    ],
  },
  {
    id: 'certificate-keeps-failing',
    chapter,
    situation: 'App Runner repeatedly fails to get the certificate.',
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
        visibility: 'private',
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
          ready,
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'certificate-waits',
    chapter,
    situation: 'The name servers that example.com names for the zone of the name do not answer.',
    happens:
      'Nothing is concluded from no answer: the validation record is written. The certificate is waited for, ever more slowly, up to a check in fifteen minutes, until the zone above names the right name servers.',
    zones: [{ as: 'late', name: 'late.example.com', inVpc: false }],
    given,
    steps: [
      delegatedTo('ns1.provider.test'),
      { do: 'create-service', tags: withDomains('late.example.com') },
      { do: 'advance', time: '1h' },
      {
        do: 'expect',
        phase: 'waiting-for-certificate',
        findings: [],
        records: { late: ['validation late.example.com'], private: [] },
      },
      { do: 'count-calls' },
      { do: 'advance', time: '2h' },
      { do: 'expect', phase: 'waiting-for-certificate', atMost: { 'apprunner:DescribeCustomDomains': 12 } },
      delegatedTo('{name-server late}'),
      { do: 'until', phase: 'ready', within: '30m' },
      { do: 'expect', findings: [], https: { 'late.example.com': 200 } },
    ],
  },
  {
    id: 'certificate-two-days',
    chapter,
    situation: 'The zone of one of two domains is delegated to name servers that do not answer, for two days.',
    happens:
      'The other domain is published at once and works all the time. After 48 hours a finding says what the stack still waits for; once the record can be seen, the certificate comes and the name is published.',
    zones: [{ as: 'late', name: 'late.example.com', inVpc: false }],
    given,
    steps: [
      delegatedTo('ns1.provider.test'),
      { do: 'create-service', tags: withDomains(`late.example.com ${DOMAIN}`) },
      { do: 'advance', time: '1m' },
      lateIsWaitedFor,
      { do: 'advance', time: '47h' },
      lateIsWaitedFor,
      { do: 'advance', time: '2h' },
      {
        ...lateIsWaitedFor,
        findings: [{ code: 'overdue', says: 'the certificate of late.example.com' }],
      },
    ],
    remedies: [
      {
        closes: 'overdue',
        steps: [
          delegatedTo('{name-server late}'),
          { do: 'until', phase: 'ready', within: '30m' },
          {
            do: 'expect',
            findings: [],
            domains: { 'late.example.com': 'active', [DOMAIN]: 'active' },
            vpcAnswers: { 'late.example.com': 'endpoint', [DOMAIN]: 'endpoint' },
            https: { 'late.example.com': 200, [DOMAIN]: 200 },
          },
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
      {
        do: 'expect',
        findings: [{ code: 'caa-forbids', says: 'letsencrypt.org' }],
        domains: {},
        visibility: 'private',
      },
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
          ready,
          { do: 'expect', findings: [], https: { [DOMAIN]: 200 } },
        ],
      },
    ],
  },
  {
    id: 'caa-forbids-wildcard',
    chapter,
    situation: 'CAA lets Amazon issue for names, and another issuer only for wildcards (`issuewild`).',
    happens: 'The wildcard name waits, and the finding names the property that decides.',
    given,
    steps: [
      {
        do: 'put-record',
        zone: 'public',
        record: {
          Name: 'example.com',
          Type: 'CAA',
          TTL: 300,
          ResourceRecords: [{ Value: '0 issue "amazon.com"' }, { Value: '0 issuewild "letsencrypt.org"' }],
        },
      },
      { do: 'events', are: 'lost' },
      { do: 'create-service', tags: withDomains('_wildcard.example.com') },
      { do: 'advance', time: '1m' },
      { do: 'expect', plan: ['caa-forbids', 'CAA issuewild records', '0 issuewild "amazon.com"'] },
      { do: 'events', are: 'normal' },
      { do: 'sweep' },
      blocked,
      { do: 'expect', findings: [{ code: 'caa-forbids', says: 'issuewild' }], domains: {} },
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
              ResourceRecords: [{ Value: '0 issue "amazon.com"' }, { Value: '0 issuewild "amazon.com"' }],
            },
          },
          { do: 'sweep' },
          ready,
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
      ready,
      { do: 'tag', tags: withDomains('example.com') },
      { do: 'advance', time: '1m' },
      {
        do: 'expect',
        phase: 'ready',
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
    id: 'foreign-validation-record',
    chapter: 'staying',
    situation: 'Another CNAME exists at the name of a certificate validation record.',
    happens:
      'The stack does not change it. The service keeps answering; only the renewal of the certificate is at risk.',
    given: 'a ready service',
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
