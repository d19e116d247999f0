import type { PolicyException, PolicyRule } from '../../shared/policy/policy.ts';
import { detached } from './props.ts';
import type { Scenario, Step } from './scenario.ts';
import { blocked, created, DOMAIN, inOrder, ready, TAGS } from './vocabulary.ts';

const chapter = 'policy';

/** A rule for every service, but for what is said otherwise. */
const rule = (change: Partial<PolicyRule>): PolicyRule => ({
  name: 'everything is private',
  match: {},
  enforcement: 'required',
  mode: 'enforce',
  domains: [],
  ...change,
});
const byTag = rule({ name: 'as the tag says', enforcement: 'by-tag' });
const ruled = (...rules: readonly PolicyRule[]): Step => ({ do: 'policy', says: { rules } });
const untagged: Step = { do: 'create-service', name: 'hello', tags: {} };
const reconciled: readonly Step[] = [{ do: 'enqueue' }, { do: 'advance', time: '1m' }];
const privateByRule: Step = {
  do: 'expect',
  phase: 'ready',
  visibility: 'private',
  findings: [],
  vpcAnswers: { [DOMAIN]: 'endpoint' },
  https: { [DOMAIN]: 200 },
};
/** The VPC, with a security group that the stack creates for these ranges. */
const networkFrom = (...allowFrom: readonly string[]) =>
  ({
    account: '123456789012',
    region: 'ap-northeast-1',
    vpcId: '{vpc}',
    endpoint: { kind: 'create', subnetIds: [], securityGroupIds: [], allowFrom },
  }) as const;

const template = '{template-service}.example.com';

/** The clock of these situations begins on this day. */
const exception = (until: string): PolicyException => ({ match: {}, reason: 'moving house', until });

/** What the policy file says beside, or against, the tags. */
export const policy: readonly Scenario[] = [
  {
    id: 'policy-required-enforced',
    chapter,
    situation: 'A rule requires a service without any tag to be private, gives it a name, and is enforced.',
    happens: 'It becomes private and has the name of the rule’s template.',
    given: 'nothing',
    steps: [ruled(rule({ domains: [template] })), untagged, ready, privateByRule],
  },
  {
    id: 'policy-required-audited',
    chapter,
    situation: 'The same, with the mode `audit`.',
    happens: 'Audit mode: a finding lists the planned actions; nothing is written.',
    given: 'nothing',
    steps: [
      ruled(rule({ domains: [template], mode: 'audit' })),
      { do: 'count-calls' },
      untagged,
      blocked,
      {
        do: 'expect',
        visibility: 'public',
        findings: [{ code: 'audit', says: 'create the App Runner interface endpoint' }],
        records: { private: [], public: [] },
        connections: [],
        atMost: { writes: 0 },
      },
    ],
    remedies: [
      { closes: 'audit', steps: [ruled(rule({ domains: [template] })), { do: 'enqueue' }, ready, privateByRule] },
    ],
  },
  {
    id: 'policy-overrules-disabled',
    chapter,
    situation: 'A ready service is tagged `disabled`, and a rule requires it to be private.',
    happens: 'It stays as it is.',
    given: 'a ready service',
    steps: [
      ruled(rule({})),
      { do: 'tag', tags: { 'private-ingress': 'disabled' } },
      ...reconciled,
      { do: 'expect', phase: 'ready', visibility: 'private', vpcAnswers: { [DOMAIN]: 'endpoint' } },
      { do: 'expect', findings: [{ code: 'tag-overruled', says: 'everything is private' }] },
    ],
    remedies: [{ closes: 'tag-overruled', steps: [{ do: 'tag', tags: TAGS }, ...reconciled, inOrder] }],
  },
  {
    id: 'policy-ignores',
    chapter,
    situation: 'A rule leaves the service alone, whose tag asks to be private.',
    happens: 'Nothing is done.',
    given: 'nothing',
    steps: [
      ruled(rule({ name: 'sandbox', enforcement: 'ignored' })),
      created,
      { do: 'advance', time: '1m' },
      { do: 'expect', visibility: 'public', findings: [{ code: 'tag-ignored', says: 'sandbox' }], connections: [] },
    ],
    remedies: [{ closes: 'tag-ignored', steps: [ruled(byTag), { do: 'enqueue' }, ready, inOrder] }],
  },
  {
    id: 'policy-lets-go',
    chapter,
    situation: 'A ready service comes under a rule that leaves it alone, and then under one that does not.',
    happens: 'Everything written stays, nothing is repaired, and the stack continues where it stopped.',
    given: 'a ready service',
    steps: [
      ruled(rule({ enforcement: 'ignored' })),
      ...reconciled,
      { do: 'expect', phase: 'released', visibility: 'private', vpcAnswers: { [DOMAIN]: 'endpoint' } },
      ruled(byTag),
      ...reconciled,
      inOrder,
    ],
  },
  {
    id: 'policy-leaves-scope',
    chapter,
    situation: 'The account of a ready service leaves the scope of the policy.',
    happens: 'The service is released, and the records that the stack wrote for it are reported as long as they exist.',
    given: 'a ready service',
    steps: [
      { do: 'count-calls' },
      { do: 'policy', says: { accounts: { kind: 'listed', ids: ['999999999999'] } } },
      ...reconciled,
      {
        do: 'expect',
        phase: 'released',
        visibility: 'private',
        findings: [{ code: 'records-out-of-scope', says: DOMAIN }, { code: 'tag-ignored' }],
        vpcAnswers: { [DOMAIN]: 'endpoint' },
        atMost: { writes: 0 },
      },
    ],
    remedies: [{ closes: 'records-out-of-scope', steps: [ruled(byTag), ...reconciled, inOrder] }],
  },
  {
    id: 'policy-first-rule-counts',
    chapter,
    situation: 'Two rules match the same service.',
    happens: 'The first one counts.',
    given: 'nothing',
    steps: [
      ruled(rule({ name: 'hello is left alone', match: { services: ['hel*'] }, enforcement: 'ignored' }), rule({})),
      untagged,
      { do: 'advance', time: '1m' },
      { do: 'expect', phase: 'no row', visibility: 'public' },
      ruled(rule({ domains: [template] }), rule({ name: 'hello is left alone', enforcement: 'ignored' })),
      { do: 'enqueue' },
      ready,
      privateByRule,
    ],
  },
  {
    id: 'policy-excepted',
    chapter,
    situation:
      'A rule requires a service to be private, and an exception in force leaves it to its tag, which it has not.',
    happens: 'It stays public.',
    given: 'nothing',
    steps: [
      { do: 'policy', says: { rules: [rule({})], exceptions: [exception('2030-12-31')] } },
      untagged,
      { do: 'advance', time: '1m' },
      { do: 'expect', phase: 'no row', visibility: 'public' },
    ],
  },
  {
    id: 'policy-exception-expired',
    chapter,
    situation: 'The exception from a rule has run out.',
    happens: 'The rule applies again, and a finding says that the exception has expired.',
    given: 'nothing',
    steps: [
      { do: 'policy', says: { rules: [rule({ domains: [template] })], exceptions: [exception('2020-12-31')] } },
      untagged,
      ready,
      { do: 'expect', visibility: 'private', findings: [{ code: 'exception-expired', says: '2020-12-31' }] },
    ],
    remedies: [
      { closes: 'exception-expired', steps: [ruled(rule({ domains: [template] })), ...reconciled, privateByRule] },
    ],
  },
  {
    id: 'policy-kill-switch-while-attaching',
    chapter,
    situation: 'The kill switch is turned on while a service is attaching.',
    happens: 'From then on nothing more is written: a finding lists the planned actions.',
    given: 'nothing',
    steps: [
      created,
      { do: 'until', phase: 'attaching' },
      { do: 'kill-switch', to: 'on' },
      { do: 'count-calls' },
      { do: 'advance', time: '2m' },
      {
        do: 'expect',
        phase: 'blocked',
        findings: [{ code: 'audit', says: 'is on' }],
        connections: [],
        atMost: { writes: 0 },
      },
    ],
    remedies: [{ closes: 'audit', steps: [{ do: 'kill-switch', to: 'off' }, { do: 'sweep' }, ready, inOrder] }],
  },
  {
    id: 'policy-kill-switch-while-detaching',
    chapter,
    situation: 'The kill switch is turned on, and then a ready service is tagged `disabled`.',
    happens: 'The service stays reachable, and a finding lists the planned removals.',
    given: 'a ready service',
    steps: [
      { do: 'kill-switch', to: 'on' },
      { do: 'count-calls' },
      { do: 'tag', tags: { 'private-ingress': 'disabled' } },
      blocked,
      {
        do: 'expect',
        visibility: 'private',
        findings: [{ code: 'audit', says: 'is on' }],
        vpcAnswers: { [DOMAIN]: 'endpoint' },
        atMost: { writes: 0 },
      },
    ],
    remedies: [{ closes: 'audit', steps: [{ do: 'kill-switch', to: 'off' }, { do: 'sweep' }, detached] }],
  },
  {
    id: 'security-group-extended',
    chapter,
    situation:
      'The policy gains a range that clients come from, and the endpoint has the security group that the stack created.',
    happens: 'The group gets a rule for the new range.',
    given: 'nothing',
    steps: [
      { do: 'policy', says: { rules: [byTag], networks: [networkFrom('10.0.0.0/16')] } },
      { do: 'create-service', name: 'hello', tags: TAGS },
      { do: 'until', phase: 'ready' },
      { do: 'policy', says: { rules: [byTag], networks: [networkFrom('10.0.0.0/16', '192.168.0.0/24')] } },
      { do: 'expect', plan: ['allow HTTPS from 192.168.0.0/24 in the security group'] },
      { do: 'sweep' },
      { do: 'advance', time: '1m' },
      { ...privateByRule, timeline: ['allow HTTPS from 192.168.0.0/24 in the security group', 'ready'] },
    ],
  },
  {
    id: 'policy-vpc-not-allowed',
    chapter,
    situation: 'The tag names a VPC that is not among the networks of the policy.',
    happens: 'The service is not attached to it.',
    given: 'nothing',
    steps: [
      {
        do: 'policy',
        says: {
          rules: [byTag],
          networks: [
            {
              account: '123456789012',
              region: 'ap-northeast-1',
              vpcId: '{vpc}',
              endpoint: { kind: 'create', subnetIds: [], securityGroupIds: ['{security-group}'], allowFrom: [] },
            },
          ],
        },
      },
      { do: 'create-service', name: 'hello', tags: { ...TAGS, 'private-ingress:vpc': 'vpc-0123456789abcdef0' } },
      blocked,
      { do: 'expect', visibility: 'public', findings: [{ code: 'vpc-not-allowed', says: '{vpc}' }], connections: [] },
    ],
    remedies: [
      {
        closes: 'vpc-not-allowed',
        steps: [
          { do: 'untag', keys: ['private-ingress:vpc'] },
          { do: 'until', phase: 'ready' },
          { do: 'expect', visibility: 'private', connections: ['AVAILABLE {endpoint}'] },
        ],
      },
    ],
  },
  {
    id: 'policy-required-vpc-not-allowed',
    chapter,
    situation: 'A rule requires a service to be private, and the service names a VPC that it may not use.',
    happens:
      'It is private from the VPC of the rule: a tag is no way out. The finding stays until the tag is corrected.',
    given: 'nothing',
    steps: [
      {
        do: 'policy',
        says: {
          rules: [rule({ domains: [template] })],
          networks: [
            {
              account: '123456789012',
              region: 'ap-northeast-1',
              vpcId: '{vpc}',
              endpoint: { kind: 'create', subnetIds: [], securityGroupIds: ['{security-group}'], allowFrom: [] },
            },
          ],
        },
      },
      { do: 'create-service', name: 'hello', tags: { 'private-ingress:vpc': 'vpc-0123456789abcdef0' } },
      { do: 'advance', time: '2m' },
      {
        do: 'expect',
        visibility: 'private',
        findings: [{ code: 'vpc-not-allowed', says: '{vpc}' }],
        connections: ['AVAILABLE {endpoint}'],
        vpcAnswers: { [DOMAIN]: 'endpoint' },
      },
    ],
    remedies: [
      {
        closes: 'vpc-not-allowed',
        steps: [{ do: 'untag', keys: ['private-ingress:vpc'] }, { do: 'until', phase: 'ready' }, privateByRule],
      },
    ],
  },
  {
    id: 'policy-name-reserved',
    chapter,
    situation:
      'A rule gives `login.example.com` to the service `login`, which does not exist yet. Another service tags it.',
    happens: 'The name stays reserved: it is not associated, and no record is written.',
    given: 'nothing',
    steps: [
      ruled(rule({ name: 'login', match: { services: ['login'] }, domains: ['login.example.com'] }), byTag),
      {
        do: 'create-service',
        name: 'hello',
        tags: { ...TAGS, 'private-ingress:domains': `login.example.com ${DOMAIN}` },
      },
      blocked,
      {
        ...inOrder,
        phase: 'blocked',
        findings: [{ code: 'domain-not-claimable', says: 'the rule "login" gives it to a service' }],
      },
    ],
    remedies: [{ closes: 'domain-not-claimable', steps: [{ do: 'tag', tags: TAGS }, ready, inOrder] }],
  },
  {
    id: 'policy-other-region',
    chapter,
    situation: 'The policy does not look after the region any more.',
    happens: 'What was written stays as it is, and nothing is touched.',
    given: 'a ready service',
    steps: [
      { do: 'policy', says: { regions: ['us-east-1'] } },
      { do: 'count-calls' },
      ...reconciled,
      { do: 'expect', phase: 'released', visibility: 'private', atMost: { writes: 0 } },
    ],
  },
];
