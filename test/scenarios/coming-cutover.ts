import type { Expectation, Scenario, ScenarioWorld, Step } from './scenario.ts';
import {
  addressRecord,
  aliasToService,
  claimed,
  cnameToService,
  created,
  DOMAIN,
  INSTALLATION,
  inOrder,
  liveService,
  publicZoneOnly,
  ready,
  TAGS,
  withDomains,
} from './vocabulary.ts';

const chapter = 'coming';
const given = 'nothing';
const tagged: Step = { do: 'tag', tags: TAGS };

const views: readonly ScenarioWorld[] = [
  { name: 'the connection’s name is in public DNS, the stack has a probe' },
  { name: 'the connection’s name is in public DNS, no probe', probe: false },
  { name: 'the connection’s name is private, the stack has a probe', switches: { connectionNameIsPublic: false } },
];

/** The name answers in the VPC, by the record in the public zone. */
const takenOver: Expectation = {
  do: 'expect',
  phase: 'ready',
  visibility: 'private',
  findings: [],
  records: { public: [...claimed(DOMAIN, '{connection-name}'), `validation ${DOMAIN}`] },
  vpcAnswers: { [DOMAIN]: 'endpoint' },
  https: { [DOMAIN]: 200 },
};

const heritage = (name: string): Step => ({
  do: 'put-record',
  zone: 'public',
  record: {
    Name: name,
    Type: 'TXT',
    TTL: 300,
    ResourceRecords: [
      { Value: '"heritage=external-dns,external-dns/owner=blue,external-dns/resource=service/web/web"' },
    ],
  },
});

const brokenConnection: Step = {
  do: 'break',
  operation: 'apprunner:CreateVpcIngressConnection',
  error: 'AccessDeniedException',
  message: 'not authorized to perform apprunner:CreateVpcIngressConnection',
};

/** A live service is enabled, and its connection is denied once it is private. */
const deniedCutover: readonly Step[] = [...publicZoneOnly, ...liveService, cnameToService, brokenConnection, tagged];

/** A live service becomes private. */
export const cutover: readonly Scenario[] = [
  {
    id: 'live-cname',
    chapter,
    situation:
      'A live public service gets the tag: its domain is active, and a CNAME in the public zone leads to its own public name.',
    happens:
      'It stays public until every later step is known to be possible. Then it is made private, and once the VPC answers the CNAME is replaced in one batch with the ownership record, without `adopt`.',
    worlds: views,
    given,
    steps: [
      ...publicZoneOnly,
      ...liveService,
      cnameToService,
      { do: 'events', are: 'lost' },
      tagged,
      {
        do: 'expect',
        phase: 'no row',
        plan: [
          'cutover-ahead',
          `${DOMAIN} leads to it today`,
          `${DOMAIN} and`,
          'stop answering publicly',
          'about 5 to 10 minutes',
        ],
      },
      { do: 'events', are: 'normal' },
      { do: 'sweep' },
      ready,
      takenOver,
      { do: 'expect', timeline: ['make the service private', `delete CNAME ${DOMAIN}, create A ${DOMAIN}`, 'ready'] },
    ],
  },
  {
    id: 'live-announced',
    chapter,
    situation: 'A live public service gets the tag, and the VPC has no endpoint yet.',
    happens: 'A finding announces the cut while the endpoint is created. It closes once the service is private.',
    given,
    steps: [...publicZoneOnly, ...liveService, cnameToService, tagged, { do: 'until', phase: 'attaching' }],
    remedies: [{ closes: 'cutover-ahead', steps: [ready] }],
  },
  {
    id: 'live-alias',
    chapter,
    situation:
      'The record of a live service is the alias that the App Runner console writes; later the service is detached.',
    happens: 'The alias is taken over. `restore-public` makes the service public and puts the alias back.',
    worlds: [{ parameters: { OnDetach: 'restore-public' } }],
    given,
    steps: [
      ...publicZoneOnly,
      ...liveService,
      aliasToService,
      tagged,
      ready,
      takenOver,
      { do: 'tag', tags: { 'private-ingress': 'disabled' } },
      { do: 'until', phase: 'detached' },
      { do: 'advance', time: '2m' },
      {
        do: 'expect',
        visibility: 'public',
        connections: [],
        records: { public: [`A ${DOMAIN} → {public-name}`, `validation ${DOMAIN}`] },
      },
    ],
  },
  {
    id: 'live-record-of-another-tool',
    chapter,
    situation: 'The record that leads to the live service has a `heritage=` TXT: another tool owns it.',
    happens: 'The record is left alone and the service stays public; the finding names the owner.',
    given,
    steps: [
      ...publicZoneOnly,
      ...liveService,
      cnameToService,
      heritage(`cname-${DOMAIN}`),
      { do: 'count-calls' },
      tagged,
      { do: 'until', phase: 'blocked' },
      {
        do: 'expect',
        visibility: 'public',
        findings: [
          { code: 'record-foreign', says: 'external-dns, owner "blue"' },
          { code: 'still-public', says: 'record-foreign' },
        ],
        plan: ['What hinders'],
        atMost: { 'apprunner:UpdateService': 0 },
      },
    ],
    remedies: [
      {
        closes: ['record-foreign', 'still-public'],
        steps: [
          { do: 'delete-record', zone: 'public', name: `cname-${DOMAIN}`, type: 'TXT' },
          { do: 'sweep' },
          ready,
          takenOver,
        ],
      },
    ],
  },
  {
    id: 'live-name-not-possible',
    chapter,
    situation: 'A live service gets the tag with a second name that another owner’s record has.',
    happens: 'It stays public and answers as before; no certificate is asked for the name.',
    given,
    steps: [
      ...publicZoneOnly,
      ...liveService,
      cnameToService,
      { do: 'put-record', zone: 'public', record: addressRecord('login.example.com', '192.0.2.1') },
      { do: 'tag', tags: withDomains(`${DOMAIN} login.example.com`) },
      { do: 'until', phase: 'blocked' },
      {
        do: 'expect',
        visibility: 'public',
        findings: [
          { code: 'record-foreign', says: '192.0.2.1' },
          { code: 'still-public', says: 'login.example.com' },
        ],
        domains: { [DOMAIN]: 'active' },
      },
      tagged,
      ready,
      {
        ...takenOver,
        records: {
          public: [...claimed(DOMAIN, '{connection-name}'), 'A login.example.com 192.0.2.1', `validation ${DOMAIN}`],
        },
      },
    ],
  },
  {
    id: 'live-immediately',
    chapter,
    situation: 'The same under `Cutover=immediately`: the record that leads to the live service is another tool’s.',
    happens: 'Privacy comes first: the service is made private, with the same finding.',
    worlds: [{ parameters: { Cutover: 'immediately' } }],
    given,
    steps: [
      ...publicZoneOnly,
      ...liveService,
      cnameToService,
      heritage(`cname-${DOMAIN}`),
      tagged,
      { do: 'until', phase: 'blocked' },
      { do: 'expect', visibility: 'private', findings: [{ code: 'record-foreign', says: 'owner "blue"' }] },
    ],
  },
  {
    id: 'connection-denied',
    chapter,
    situation: 'A live service is made private, and the stack’s role may not create its VPC ingress connection.',
    happens:
      'It is made public again, once, and answers as before. The finding says what to grant; the cut is held until a person asks again.',
    given,
    steps: [
      ...deniedCutover,
      { do: 'advance', time: '10m' },
      {
        do: 'expect',
        visibility: 'public',
        phase: 'blocked',
        findings: [{ code: 'rolled-back', says: 'not authorized to perform apprunner:CreateVpcIngressConnection' }],
        records: { public: [`CNAME ${DOMAIN} {public-name}`, `validation ${DOMAIN}`] },
        timeline: ['make the service private', 'make the service public again'],
      },
      { do: 'count-calls' },
      { do: 'sweep' },
      { do: 'advance', time: '1h' },
      { do: 'expect', visibility: 'public', atMost: { writes: 0 } },
    ],
    remedies: [
      {
        closes: 'rolled-back',
        steps: [
          { do: 'mend', operation: 'apprunner:CreateVpcIngressConnection' },
          { do: 'tag', tags: { 'private-ingress': 'disabled' } },
          { do: 'until', phase: 'detached' },
          tagged,
          ready,
          takenOver,
        ],
      },
    ],
  },
  {
    id: 'way-back-fails',
    chapter,
    situation:
      'A live service is to be made public again, because its connection is denied, and the deployment of that fails.',
    happens: 'It is tried again until the service is public.',
    given,
    steps: [
      ...deniedCutover,
      { do: 'advance', time: '8s' },
      { do: 'expect', visibility: 'private' },
      { do: 'fail-next', what: 'service-update', times: 2 },
      { do: 'advance', time: '1h' },
      {
        do: 'expect',
        visibility: 'public',
        phase: 'blocked',
        findings: [{ code: 'rolled-back' }],
        timeline: ['make the service public again', 'make the service public again', 'make the service public again'],
      },
    ],
  },
  {
    id: 'required-held',
    chapter,
    situation: 'A rule requires a live service to be private, and the name that leads to it cannot be replaced.',
    happens: 'It stays public with an error, and only until the rule’s `cutoverDeadline`; then it is made private.',
    worlds: [{ parameters: { CutoverDeadline: '2d' } }],
    given,
    steps: [
      ...publicZoneOnly,
      ...liveService,
      cnameToService,
      heritage(`cname-${DOMAIN}`),
      { do: 'tag', tags: { 'private-ingress:domains': DOMAIN } },
      {
        do: 'policy',
        says: { rules: [{ name: 'private', match: {}, enforcement: 'required', mode: 'enforce', domains: [] }] },
      },
      { do: 'sweep' },
      { do: 'until', phase: 'blocked' },
      {
        do: 'expect',
        visibility: 'public',
        findings: [{ code: 'record-foreign' }, { code: 'still-public', says: 'requires it to be private by' }],
      },
      { do: 'advance', time: '2d' },
      { do: 'sweep' },
      { do: 'advance', time: '5m' },
      {
        do: 'expect',
        visibility: 'private',
        phase: 'blocked',
        findings: [{ code: 'record-foreign' }, { code: 'cut-after-deadline', says: DOMAIN }],
      },
    ],
    remedies: [
      {
        closes: ['cut-after-deadline', 'record-foreign'],
        steps: [
          { do: 'delete-record', zone: 'public', name: `cname-${DOMAIN}`, type: 'TXT' },
          { do: 'sweep' },
          ready,
          takenOver,
        ],
      },
    ],
  },
  {
    id: 'public-record-left',
    chapter,
    situation:
      'A private zone carries the traffic in the VPC, and a public CNAME leads to the service’s own public name.',
    happens:
      'The alias is published in the private zone. The public CNAME is left alone, and reported: it leads nowhere.',
    given,
    steps: [
      ...liveService,
      cnameToService,
      { do: 'events', are: 'lost' },
      tagged,
      { do: 'advance', time: '1m' },
      { do: 'expect', plan: ['public-record-dead', 'stops answering once it is private'] },
      { do: 'events', are: 'normal' },
      { do: 'sweep' },
      ready,
      {
        do: 'expect',
        phase: 'ready',
        visibility: 'private',
        findings: [{ code: 'public-record-dead', says: 'does not answer' }],
        records: { private: claimed(DOMAIN), public: [`CNAME ${DOMAIN} {public-name}`, `validation ${DOMAIN}`] },
        https: { [DOMAIN]: 200 },
      },
    ],
    remedies: [
      {
        closes: 'public-record-dead',
        steps: [{ do: 'delete-record', zone: 'public', name: DOMAIN, type: 'CNAME' }, { do: 'sweep' }, inOrder],
      },
    ],
  },
  {
    id: 'wildcard-hidden',
    chapter,
    situation: 'A public wildcard answers for the name, and the validation CNAME is to be written below the name.',
    happens:
      'The name then exists in public DNS without records, and the wildcard no longer answers for it: reported from the first reconciliation on.',
    given,
    steps: [
      { do: 'put-record', zone: 'public', record: addressRecord('*.example.com', '192.0.2.1') },
      { do: 'events', are: 'lost' },
      created,
      { do: 'advance', time: '1m' },
      { do: 'expect', publicAnswers: { [DOMAIN]: ['192.0.2.1'] }, plan: ['wildcard-hidden'] },
      { do: 'events', are: 'normal' },
      { do: 'sweep' },
      ready,
      {
        do: 'expect',
        findings: [{ code: 'wildcard-hidden', says: '*.example.com A 192.0.2.1' }],
        publicAnswers: { [DOMAIN]: [] },
      },
    ],
    remedies: [
      {
        closes: 'wildcard-hidden',
        steps: [
          { do: 'put-record', zone: 'public', record: addressRecord(DOMAIN, '192.0.2.1') },
          { do: 'sweep' },
          { do: 'expect', phase: 'ready', publicAnswers: { [DOMAIN]: ['192.0.2.1'] } },
        ],
      },
    ],
  },
  {
    id: 'forged-ownership',
    chapter,
    situation: 'Another owner’s record exists at the name, and an ownership TXT claims it for this service.',
    happens: 'A TXT alone proves nothing: the record is left alone, and no certificate is asked for.',
    worlds: [{ probe: false }],
    given,
    steps: [
      { do: 'put-record', zone: 'private', record: addressRecord(DOMAIN, '192.0.2.1') },
      { do: 'create-service', name: 'hello' },
      { do: 'advance', time: '1m' },
      {
        do: 'put-record',
        zone: 'private',
        record: {
          Name: `_private-ingress.${DOMAIN}`,
          Type: 'TXT',
          TTL: 300,
          ResourceRecords: [{ Value: `"v=1 owner=${INSTALLATION} service={service-id}"` }],
        },
      },
      tagged,
      { do: 'until', phase: 'blocked' },
      {
        do: 'expect',
        findings: [{ code: 'record-foreign', says: '192.0.2.1' }],
        domains: {},
        vpcAnswers: { [DOMAIN]: ['192.0.2.1'] },
      },
    ],
  },
];
