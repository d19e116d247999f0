import { dualStackVpc, dualStackVpcWithEndpoint } from './props.ts';
import type { Scenario } from './scenario.ts';
import { addressRecord, blocked, claimed, created, DOMAIN, inOrder, ownership, ready, TAGS } from './vocabulary.ts';

const chapter = 'coming';
const given = 'nothing';

/** What stands at the name already. */
export const records: readonly Scenario[] = [
  {
    id: 'foreign-record',
    chapter,
    situation: 'A foreign record exists at the name.',
    happens:
      'The stack does not change it and requests no certificate. Once the record is deleted, the stack publishes the name.',
    given,
    steps: [
      { do: 'put-record', zone: 'private', record: addressRecord(DOMAIN, '192.0.2.1') },
      created,
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'record-foreign', says: '192.0.2.1' }],
        domains: {},
        vpcAnswers: { [DOMAIN]: ['192.0.2.1'] },
      },
    ],
    remedies: [
      {
        closes: 'record-foreign',
        steps: [{ do: 'delete-record', zone: 'private', name: DOMAIN, type: 'A' }, { do: 'sweep' }, ready, inOrder],
      },
    ],
  },
  {
    id: 'foreign-cname',
    chapter,
    situation: 'A CNAME exists at the name of the alias.',
    happens: 'The stack does not change it.',
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
        steps: [{ do: 'delete-record', zone: 'private', name: DOMAIN, type: 'CNAME' }, { do: 'sweep' }, ready, inOrder],
      },
    ],
  },
  {
    id: 'weighted-record',
    chapter,
    situation: 'Weighted records exist at the name: another owner’s traffic shift.',
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
    happens: 'The stack respects the claim, even while the name has no record.',
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
    id: 'adopted',
    chapter,
    situation: 'A foreign CNAME exists at the name, and the tag `private-ingress:adopt` names the domain.',
    happens:
      'The record is replaced in one batch, without a gap, and the stack removes the tag: it requests one action, once.',
    given,
    steps: [
      {
        do: 'put-record',
        zone: 'private',
        record: { Name: DOMAIN, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: 'old.example.com' }] },
      },
      created,
      blocked,
      { do: 'expect', findings: [{ code: 'record-foreign' }] },
    ],
    remedies: [
      {
        closes: 'record-foreign',
        steps: [
          { do: 'tag', tags: { 'private-ingress:adopt': DOMAIN } },
          ready,
          inOrder,
          { do: 'expect', tags: { ...TAGS } },
        ],
      },
    ],
  },
  {
    id: 'strategy-changed',
    chapter,
    situation: 'The alias strategy of a ready service is changed to `apprunner`, and back to `endpoint`.',
    happens: 'The record is exchanged in one batch each time, so there is never a moment without one.',
    worlds: [{ switches: { appRunnerAliasInPrivateZone: true } }],
    given: 'a ready service',
    steps: [
      { do: 'count-calls' },
      { do: 'tag', tags: { 'private-ingress:alias': 'apprunner' } },
      { do: 'advance', time: '1m' },
      {
        do: 'expect',
        phase: 'ready',
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
    id: 'strategy-refused',
    chapter,
    situation: 'The strategy `apprunner` is asked for, and Route 53 refuses such an alias in a private zone.',
    happens: 'The alias points at the endpoint instead.',
    worlds: [{ switches: { appRunnerAliasInPrivateZone: false } }],
    given,
    steps: [
      { do: 'create-service', tags: { ...TAGS, 'private-ingress:alias': 'apprunner' } },
      ready,
      {
        do: 'expect',
        phase: 'ready',
        findings: [{ code: 'alias-fallback', says: 'refused' }],
        records: { private: claimed(DOMAIN) },
        https: { [DOMAIN]: 200 },
      },
    ],
    remedies: [{ closes: 'alias-fallback', steps: [{ do: 'untag', keys: ['private-ingress:alias'] }, ready, inOrder] }],
  },
  {
    id: 'https-record-there',
    chapter,
    situation: 'An HTTPS record of another owner exists at the name, and no address record.',
    happens:
      'Browsers ask for an HTTPS record first, so it decides where the traffic goes: it counts as foreign, and nothing is written.',
    given,
    steps: [
      {
        do: 'put-record',
        zone: 'private',
        record: { Name: DOMAIN, Type: 'HTTPS', TTL: 60, ResourceRecords: [{ Value: '0 elsewhere.example.net.' }] },
      },
      created,
      blocked,
      {
        do: 'expect',
        findings: [{ code: 'record-foreign', says: 'HTTPS 0 elsewhere.example.net.' }],
        records: { public: [] },
        domains: {},
        plan: ['HTTPS 0 elsewhere.example.net.'],
      },
    ],
    remedies: [
      {
        closes: 'record-foreign',
        steps: [{ do: 'delete-record', zone: 'private', name: DOMAIN, type: 'HTTPS' }, { do: 'sweep' }, ready, inOrder],
      },
    ],
  },
  {
    id: 'dual-stack',
    chapter,
    situation: 'The service is dual-stack, and the endpoint has IPv4 addresses only.',
    happens:
      'The subnets have no IPv6 ranges, so the endpoint gets IPv4 addresses only, and a finding says so. The A alias is published alone: behind an AAAA nothing could answer.',
    given,
    steps: [
      { do: 'create-service', tags: TAGS, input: { NetworkConfiguration: { IpAddressType: 'DUAL_STACK' } } },
      { do: 'advance', time: '1s' },
      { do: 'expect', findings: [{ code: 'endpoint-not-dual-stack' }], plan: ['dual-stack'] },
      ready,
      {
        do: 'expect',
        findings: [{ code: 'endpoint-not-dual-stack', says: 'no AAAA record is published' }],
        records: { private: claimed(DOMAIN) },
        vpcAnswers: { [DOMAIN]: 'endpoint' },
      },
    ],
    remedies: [
      {
        closes: 'endpoint-not-dual-stack',
        steps: [
          {
            do: 'call',
            operation: 'UpdateService',
            input: {
              ServiceArn: '{service}',
              NetworkConfiguration: { IpAddressType: 'IPV4', IngressConfiguration: { IsPubliclyAccessible: false } },
            },
          },
          { do: 'advance', time: '1m' },
          { do: 'sweep' },
          inOrder,
        ],
      },
    ],
  },
  {
    id: 'dual-stack-endpoint-created',
    chapter,
    situation: 'The service is dual-stack, the subnets have IPv6 ranges, and the VPC has no endpoint yet.',
    happens: 'The stack creates a dual-stack endpoint; A and AAAA are published, and both answer.',
    given,
    steps: [
      ...dualStackVpc,
      {
        do: 'create-service',
        tags: { ...TAGS, 'private-ingress:vpc': '{dual-vpc}' },
        input: { NetworkConfiguration: { IpAddressType: 'DUAL_STACK' } },
      },
      ready,
      {
        do: 'expect',
        findings: [],
        vpc: '{dual-vpc}',
        vpcAnswers: { [DOMAIN]: 'endpoint' },
        vpcAnswersIpv6: { [DOMAIN]: 'endpoint' },
        https: { [DOMAIN]: 200 },
        timeline: ['create the App Runner dual-stack interface endpoint', `create AAAA ${DOMAIN}`, 'ready'],
      },
    ],
  },
  {
    id: 'dual-stack-throughout',
    chapter,
    situation: 'The service is dual-stack, and so are the VPC, its subnets and the endpoint named by the tag.',
    happens: 'A and AAAA are published together, in one batch; both lead to the endpoint, and both answer.',
    given,
    steps: [
      ...dualStackVpcWithEndpoint,
      {
        do: 'create-service',
        tags: { ...TAGS, 'private-ingress:vpc': '{dual-vpc}', 'private-ingress:endpoint': '{dual}' },
        input: { NetworkConfiguration: { IpAddressType: 'DUAL_STACK' } },
      },
      ready,
      {
        do: 'expect',
        visibility: 'private',
        findings: [],
        connections: ['AVAILABLE {dual}'],
        records: {
          private: [`AAAA ${DOMAIN} → {endpoint-name dual-vpc}`, ...claimed(DOMAIN, '{endpoint-name dual-vpc}')],
        },
        vpc: '{dual-vpc}',
        vpcAnswers: { [DOMAIN]: 'endpoint' },
        vpcAnswersIpv6: { [DOMAIN]: 'endpoint' },
        https: { [DOMAIN]: 200 },
        timeline: [`create A ${DOMAIN}, create AAAA ${DOMAIN}`, 'ready'],
        endpoints: 1,
      },
    ],
  },
];
