import type { Scenario } from './scenario.ts';
import { associates, blocked, claimed, DOMAIN, inOrder, ready, TAGS, withDomains } from './vocabulary.ts';

const chapter = 'coming';
const given = 'nothing';

/** The names in the tag. */
export const names: readonly Scenario[] = [
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
      ready,
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
    id: 'name-held',
    chapter,
    situation: 'A second service asks for the name of a ready service, and to adopt its records.',
    happens:
      'The name stays with the service that holds it, in whatever phase, until that service releases it or is deleted. The one that waits then gets it at once.',
    given: 'a ready service',
    steps: [
      { do: 'create-service', name: 'second', tags: { ...TAGS, 'private-ingress:adopt': DOMAIN } },
      { do: 'until', service: 'second', phase: 'blocked' },
      {
        do: 'expect',
        service: 'second',
        findings: [{ code: 'domain-held', says: `${DOMAIN} is held by the service` }],
        domains: {},
      },
      inOrder,
    ],
    remedies: [
      {
        closes: 'domain-held',
        steps: [
          { do: 'tag', tags: { 'private-ingress': 'disabled' } },
          { do: 'until', phase: 'detached' },
          { do: 'until', service: 'second', phase: 'ready' },
          {
            do: 'expect',
            service: 'second',
            findings: [],
            records: {
              private: claimed(DOMAIN, '{endpoint-name}', '{service-id second}'),
              public: [`validation ${DOMAIN}`],
            },
          },
        ],
      },
    ],
  },
  {
    id: 'name-released',
    chapter,
    situation: 'A service is released while a second one waits for its name.',
    happens: 'The name is free at once; the records that the release left are foreign to the second service.',
    given: 'a ready service',
    steps: [
      { do: 'create-service', name: 'second', tags: TAGS },
      { do: 'until', service: 'second', phase: 'blocked' },
      { do: 'tag', tags: { 'private-ingress': 'released' } },
      { do: 'advance', time: '1m' },
      {
        do: 'expect',
        service: 'second',
        phase: 'blocked',
        findings: [{ code: 'record-foreign', says: 'the name is claimed by another service' }],
        records: inOrder.records ?? {},
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
          ready,
          { do: 'expect', findings: [] },
        ],
      },
    ],
  },
  {
    id: 'impossible-names',
    chapter,
    situation: 'One of the names is not a domain name: an empty label, a label longer than DNS allows, an address.',
    happens: 'Each gets a finding that says what is wrong; the valid name is published all the same.',
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
    remedies: [{ closes: 'domain-invalid', steps: [{ do: 'tag', tags: TAGS }, ready, inOrder] }],
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
    remedies: [{ closes: 'domain-not-allowed', steps: [{ do: 'tag', tags: TAGS }, ready, inOrder] }],
  },
  {
    id: 'wildcard-below-subdomain',
    chapter,
    situation: 'A wildcard is listed below a subdomain, `*.app.example.com`.',
    happens:
      'App Runner takes a wildcard only directly below the registered domain, and refuses; the other name is published and works.',
    given,
    steps: [
      { do: 'create-service', tags: withDomains(`_wildcard.app.example.com ${DOMAIN}`) },
      blocked,
      {
        ...inOrder,
        phase: 'blocked',
        findings: [{ code: 'domain-taken', says: '*.app.example.com' }],
      },
    ],
    remedies: [
      {
        closes: 'domain-taken',
        steps: [
          { do: 'tag', tags: withDomains(`_wildcard.example.com ${DOMAIN}`) },
          ready,
          {
            do: 'expect',
            findings: [],
            domains: { [DOMAIN]: 'active', '*.example.com': 'active' },
            https: { [DOMAIN]: 200, 'anything.example.com': 200 },
          },
        ],
      },
    ],
  },
  {
    id: 'two-services-one-name',
    chapter,
    situation: 'Two services list the same domain.',
    happens: 'The first one has claimed the name. It stays in place, and App Runner is not asked for the name again.',
    given: 'a ready service',
    steps: [
      { do: 'create-service', name: 'second', tags: withDomains(`${DOMAIN} second.example.com`) },
      { do: 'advance', time: '5m' },
      {
        do: 'expect',
        service: 'second',
        findings: [{ code: 'domain-held', says: 'is held by the service' }],
        domains: { 'second.example.com': 'active' },
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
        closes: 'domain-held',
        steps: [
          { do: 'tag', service: 'second', tags: withDomains('second.example.com') },
          { do: 'until', service: 'second', phase: 'ready' },
        ],
      },
    ],
  },
  {
    id: 'domain-taken',
    chapter,
    situation: 'The domain is associated with another service, and has no record yet.',
    happens: 'App Runner refuses it. The finding shows its words; all other work continues.',
    given: 'nothing',
    steps: [
      { do: 'create-service', name: 'first' },
      { do: 'advance', time: '1m' },
      associates(false, '{service first}'),
      { do: 'create-service', name: 'second', tags: withDomains(`${DOMAIN} second.example.com`) },
      { do: 'advance', time: '5m' },
      {
        do: 'expect',
        service: 'second',
        findings: [{ code: 'domain-taken', says: 'already associated' }],
        vpcAnswers: { 'second.example.com': 'endpoint' },
      },
    ],
    remedies: [
      {
        closes: 'domain-taken',
        steps: [
          { do: 'tag', service: 'second', tags: withDomains('second.example.com') },
          { do: 'until', service: 'second', phase: 'ready' },
        ],
      },
    ],
  },
];
