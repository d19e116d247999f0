import type { Scenario } from './scenario.ts';
import { addressRecord, blocked, created, DOMAIN, inOrder, ready, TAGS, withDomains } from './vocabulary.ts';

const chapter = 'coming';
const given = 'nothing';

/** Tags that ask for too much, and tags that are nearly right. */
export const tags: readonly Scenario[] = [
  {
    id: 'tag-misspelt',
    chapter,
    situation: 'The domains stand in a tag `private-ingress:domain`, which does not exist.',
    happens: 'The service becomes private without a name. A finding names the tag that was meant.',
    given,
    steps: [
      {
        do: 'create-service',
        name: 'hello',
        tags: { 'private-ingress': 'enabled', 'private-ingress:domain': DOMAIN },
      },
      ready,
      {
        do: 'expect',
        visibility: 'private',
        findings: [{ code: 'tag-unknown', says: 'Did you mean "private-ingress:domains"?' }],
        vpcAnswers: { [DOMAIN]: [] },
      },
    ],
    remedies: [
      {
        closes: 'tag-unknown',
        steps: [
          { do: 'untag', keys: ['private-ingress:domain'] },
          { do: 'tag', tags: TAGS },
          { do: 'advance', time: '10m' },
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'tag-incomplete',
    chapter,
    situation: 'The service has the tag `private-ingress:domains`, but not `private-ingress`.',
    happens: 'The service stays public. A finding says which tag is missing.',
    given,
    steps: [
      { do: 'create-service', name: 'hello', tags: { 'private-ingress:domains': DOMAIN } },
      { do: 'advance', time: '1m' },
      {
        do: 'expect',
        visibility: 'public',
        findings: [{ code: 'tag-incomplete', says: 'The tag "private-ingress" is missing' }],
        plan: ['tag-incomplete'],
        connections: [],
      },
    ],
    remedies: [{ closes: 'tag-incomplete', steps: [{ do: 'tag', tags: TAGS }, ready, inOrder] }],
  },
  {
    id: 'alias-strategy-unknown',
    chapter,
    situation: 'The tag `private-ingress:alias` has the value `cname`.',
    happens: 'The strategy of the stack is used, and the service becomes ready. A finding lists the values.',
    given,
    steps: [
      { do: 'create-service', name: 'hello', tags: { ...TAGS, 'private-ingress:alias': 'cname' } },
      ready,
      { ...inOrder, findings: [{ code: 'alias-strategy-unknown', says: '"cname"' }] },
    ],
    remedies: [
      {
        closes: 'alias-strategy-unknown',
        steps: [{ do: 'untag', keys: ['private-ingress:alias'] }, { do: 'advance', time: '1m' }, inOrder],
      },
    ],
  },
  {
    id: 'name-not-claimable',
    chapter,
    situation: 'The tag names `login.example.com`, which `ClaimableNames` does not list.',
    happens: 'The stack does not associate the name, and writes no record for it. The other name is published.',
    worlds: [{ parameters: { ClaimableNames: '{service}.example.com' } }],
    given,
    steps: [
      { do: 'create-service', name: 'hello', tags: withDomains(`login.example.com _wildcard.example.com ${DOMAIN}`) },
      blocked,
      {
        ...inOrder,
        phase: 'blocked',
        findings: [
          { code: 'domain-not-claimable', says: 'only hello.example.com' },
          { code: 'domain-not-claimable', says: 'has to be listed as _wildcard.example.com' },
        ],
      },
    ],
    remedies: [{ closes: 'domain-not-claimable', steps: [{ do: 'tag', tags: TAGS }, ready, inOrder] }],
  },
  {
    id: 'adopt-not-allowed',
    chapter,
    situation: 'Another tool’s record exists at the name, and the tag asks to adopt it. `AdoptAllowed` is `false`.',
    happens: 'The record stays. One finding names the record, another says that adopting is not allowed.',
    worlds: [{ parameters: { AdoptAllowed: 'false' } }],
    given,
    steps: [
      { do: 'put-record', zone: 'private', record: addressRecord(DOMAIN, '192.0.2.1') },
      { do: 'create-service', name: 'hello', tags: { ...TAGS, 'private-ingress:adopt': DOMAIN } },
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'adopt-not-allowed', says: DOMAIN }, { code: 'record-foreign' }],
        records: { private: [`A ${DOMAIN} 192.0.2.1`] },
      },
    ],
    remedies: [
      {
        closes: 'adopt-not-allowed',
        steps: [
          { do: 'untag', keys: ['private-ingress:adopt'] },
          { do: 'advance', time: '1m' },
          { do: 'expect', findings: [{ code: 'record-foreign' }] },
        ],
      },
    ],
  },
  {
    id: 'vpc-tag-not-allowed',
    chapter,
    situation: 'The tag names a VPC of the account that `AllowedVpcs` does not list.',
    happens: 'The stack creates nothing in that VPC, and the service stays public.',
    worlds: [{ parameters: { AllowedVpcs: '' } }],
    given,
    steps: [
      { do: 'call', operation: 'CreateVpc', input: { CidrBlock: '10.9.0.0/16' }, as: { 'other-vpc': 'Vpc.VpcId' } },
      { do: 'create-service', name: 'hello', tags: { ...TAGS, 'private-ingress:vpc': '{other-vpc}' } },
      blocked,
      {
        do: 'expect',
        visibility: 'public',
        findings: [{ code: 'vpc-not-allowed', says: '{vpc}' }],
        connections: [],
        endpoints: 0,
      },
    ],
    remedies: [
      {
        closes: 'vpc-not-allowed',
        steps: [{ do: 'untag', keys: ['private-ingress:vpc'] }, { do: 'until', phase: 'ready' }, inOrder],
      },
    ],
  },
];

/** The loss of a domains tag. */
export const lostTags: readonly Scenario[] = [
  {
    id: 'domains-tag-missing',
    chapter: 'going',
    situation: 'The tag `private-ingress:domains` is removed, and comes back within the grace time.',
    happens: 'The name stays published.',
    worlds: [{ parameters: { DetachGrace: '2h' } }],
    given,
    steps: [
      created,
      ready,
      { do: 'count-calls' },
      { do: 'untag', keys: ['private-ingress:domains'] },
      { do: 'advance', time: '110m' },
      { ...inOrder, findings: [{ code: 'domains-tag-missing', says: `${DOMAIN} will be removed` }] },
    ],
    remedies: [
      {
        closes: 'domains-tag-missing',
        steps: [
          { do: 'tag', tags: TAGS },
          { do: 'advance', time: '1h' },
          inOrder,
          { do: 'expect', atMost: { writes: 0 } },
        ],
      },
    ],
  },
  {
    id: 'domains-tag-empty',
    chapter: 'going',
    situation: 'The tag `private-ingress:domains` gets an empty value.',
    happens: 'The name is removed at once. The service stays private.',
    given,
    steps: [
      created,
      ready,
      { do: 'tag', tags: { 'private-ingress:domains': '' } },
      { do: 'advance', time: '10m' },
      {
        do: 'expect',
        phase: 'ready',
        visibility: 'private',
        findings: [],
        domains: {},
        vpcAnswers: { [DOMAIN]: [] },
        connections: ['AVAILABLE {endpoint}'],
      },
    ],
  },
  {
    id: 'domains-tag-grace-over',
    chapter: 'going',
    situation: 'The tag `private-ingress:domains` is removed, and does not come back.',
    happens: 'After the grace time (`DetachGrace`) the name is removed. The service stays private.',
    worlds: [{ parameters: { DetachGrace: '1h' } }],
    given,
    steps: [
      created,
      ready,
      { do: 'untag', keys: ['private-ingress:domains'] },
      { do: 'advance', time: '30m' },
      { do: 'expect', findings: [{ code: 'domains-tag-missing' }], https: { [DOMAIN]: 200 } },
      { do: 'advance', time: '40m' },
      {
        do: 'expect',
        phase: 'ready',
        visibility: 'private',
        findings: [],
        domains: {},
        records: { private: [], public: [] },
        connections: ['AVAILABLE {endpoint}'],
      },
    ],
  },
];
