import { endpointOfSomebody } from './props.ts';
import type { Scenario, Step } from './scenario.ts';
import { addressRecord, claimed, DOMAIN, inOrder, ownership, ready, TAGS } from './vocabulary.ts';

const chapter = 'staying';
const given = 'a ready service';
const aliasDeleted = { do: 'delete-record', zone: 'private', name: DOMAIN, type: 'A' } as const;
const txtDeleted = { do: 'delete-record', zone: 'private', name: `_private-ingress.${DOMAIN}`, type: 'TXT' } as const;
const lookedAt = [{ do: 'poke' }, { do: 'advance', time: '1m' }] as const;

/** The stack repairs drift of what it owns, and leaves foreign resources alone. */
export const drift: readonly Scenario[] = [
  {
    id: 'nothing-changed',
    chapter,
    situation: 'A ready service is reconciled again.',
    happens: 'Nothing is written, and little is read.',
    given,
    steps: [
      { do: 'count-calls' },
      ...lookedAt,
      inOrder,
      { do: 'expect', atMost: { writes: 0, 'apprunner:DescribeService': 1, 'route53:ListHostedZones': 1 } },
      { do: 'count-calls' },
      { do: 'sweep' },
      { do: 'expect', phase: 'ready', atMost: { writes: 0 } },
    ],
  },
  {
    id: 'alias-deleted',
    chapter,
    situation: 'Somebody deletes the alias.',
    happens: 'It is written again at the next sweep.',
    given,
    steps: [aliasDeleted, { do: 'expect', vpcAnswers: { [DOMAIN]: [] } }, { do: 'sweep' }, inOrder],
  },
  {
    id: 'alias-changed',
    chapter,
    situation: 'Somebody changes the alias, while the ownership TXT still says it is ours.',
    happens: 'It is set right in one batch: exactly what was seen is deleted, what should be is created.',
    given,
    steps: [
      { do: 'put-record', zone: 'private', record: addressRecord(DOMAIN, '192.0.2.1') },
      { do: 'expect', vpcAnswers: { [DOMAIN]: ['192.0.2.1'] } },
      ...lookedAt,
      inOrder,
    ],
  },
  {
    id: 'ownership-record-lost',
    chapter,
    situation: 'The ownership TXT is lost, and the alias is still what was written.',
    happens: 'The TXT is written again.',
    given,
    steps: [txtDeleted, { do: 'sweep' }, inOrder],
  },
  {
    id: 'ownership-lost',
    chapter,
    situation: 'The ownership TXT is gone, and the record is not what was last written.',
    happens: 'It counts as foreign, and the stack leaves it alone.',
    given,
    steps: [
      txtDeleted,
      { do: 'put-record', zone: 'private', record: addressRecord(DOMAIN, '192.0.2.1') },
      { do: 'sweep' },
      {
        do: 'expect',
        phase: 'blocked',
        findings: [{ code: 'ownership-lost', says: '192.0.2.1' }],
        vpcAnswers: { [DOMAIN]: ['192.0.2.1'] },
      },
    ],
    remedies: [{ closes: 'ownership-lost', steps: [aliasDeleted, { do: 'sweep' }, inOrder] }],
  },
  {
    id: 'claim-of-another-installation',
    chapter,
    situation: 'The ownership TXT says another installation’s name.',
    happens: 'The name is theirs now: nothing of it is touched.',
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
      { do: 'count-calls' },
      { do: 'sweep' },
      {
        do: 'expect',
        phase: 'blocked',
        findings: [{ code: 'record-foreign', says: 'installation "other"' }],
        records: { private: [`A ${DOMAIN} → {endpoint-name}`, ownership(DOMAIN, '0'.repeat(32), 'other')] },
        atMost: { writes: 0 },
      },
    ],
  },
  {
    id: 'validation-record-lost',
    chapter,
    situation: 'The validation record of the certificate is removed.',
    happens: 'It is written again, because the certificate is renewed only while it exists.',
    given,
    steps: [
      { do: 'delete-record', zone: 'public', name: DOMAIN, type: 'validation' },
      { do: 'expect', records: { public: [] } },
      { do: 'sweep' },
      inOrder,
    ],
  },
  {
    id: 'made-public',
    chapter,
    situation: 'Somebody makes the service public, and gives it an outbound connector by the same update.',
    happens: 'It is made private again as soon as that update has ended; the connector is carried over.',
    given,
    steps: [
      {
        do: 'call',
        operation: 'UpdateService',
        input: {
          ServiceArn: '{service}',
          NetworkConfiguration: {
            EgressConfiguration: {
              EgressType: 'VPC',
              VpcConnectorArn:
                'arn:aws:apprunner:ap-northeast-1:123456789012:vpcconnector/out/1/00000000000000000000000000000001',
            },
            IngressConfiguration: { IsPubliclyAccessible: true },
          },
        },
      },
      { do: 'advance', time: '1m' },
      inOrder,
      { do: 'expect', egress: 'VPC' },
    ],
  },
  {
    id: 'connection-deleted',
    chapter,
    situation: 'Somebody deletes the connection.',
    happens: 'A new one is made and gated again, until the name answers as before.',
    worlds: [
      { name: 'a deleted connection is still described' },
      { name: 'a deleted connection is not found', switches: { deletedConnection: 'not-found' } },
      {
        name: 'the alias is of the App Runner name',
        switches: { appRunnerAliasInPrivateZone: true },
        parameters: { AliasStrategy: 'auto' },
      },
    ],
    given,
    steps: [
      { do: 'call', operation: 'DeleteVpcIngressConnection', input: { VpcIngressConnectionArn: '{connection}' } },
      { do: 'advance', time: '2s' },
      { do: 'sweep' },
      ready,
      inOrder,
      { do: 'expect', timeline: ['ready', 'attach the VPC ingress connection', 'ready'] },
    ],
  },
  {
    id: 'domain-disassociated',
    chapter,
    situation: 'Somebody disassociates the domain from the service.',
    happens: 'It is associated again, with a new certificate; the name answers when that is issued.',
    given,
    steps: [
      {
        do: 'call',
        operation: 'DisassociateCustomDomain',
        input: { ServiceArn: '{service}', DomainName: DOMAIN },
      },
      { do: 'advance', time: '5m' },
      inOrder,
      { do: 'expect', timeline: ['ready', `associate ${DOMAIN}`, 'ready'] },
    ],
  },
  {
    id: 'endpoint-replaced',
    chapter,
    situation: 'The endpoint is deleted, and a person creates another one.',
    happens: 'The connection is pointed at the living one, and the alias follows.',
    worlds: [
      { name: 'an update leaves the connection its name' },
      { name: 'an update gives the connection another name', switches: { updateChangesDomainName: true } },
    ],
    given,
    steps: [
      { do: 'call', operation: 'DeleteVpcEndpoints', input: { VpcEndpointIds: ['{endpoint}'] } },
      { do: 'advance', time: '1m' },
      endpointOfSomebody,
      { do: 'advance', time: '1m' },
      { do: 'sweep' },
      ready,
      inOrder,
      { do: 'expect', timeline: ['point the VPC ingress connection at'] },
    ],
  },
  {
    id: 'endpoint-deleted',
    chapter,
    situation: 'Somebody deletes the endpoint.',
    happens: 'A new one is made, the connection pointed at it, and the alias follows.',
    given,
    steps: [
      { do: 'call', operation: 'DeleteVpcEndpoints', input: { VpcEndpointIds: ['{endpoint}'] } },
      { do: 'advance', time: '1m' },
      { do: 'sweep' },
      ready,
      inOrder,
    ],
  },
  {
    id: 'contested',
    chapter,
    situation: 'Somebody deletes the alias again and again, for the third time within a day.',
    happens: 'It is repaired twice; then it is left, because two who repair against each other never end.',
    given,
    steps: [
      aliasDeleted,
      ...lookedAt,
      aliasDeleted,
      ...lookedAt,
      { do: 'expect', vpcAnswers: { [DOMAIN]: 'endpoint' } },
      aliasDeleted,
      ...lookedAt,
      { do: 'expect', phase: 'blocked', findings: [{ code: 'contested' }], vpcAnswers: { [DOMAIN]: [] } },
    ],
    remedies: [
      { closes: 'contested', steps: [{ do: 'request-reconciliation' }, { do: 'advance', time: '1m' }, inOrder] },
    ],
  },
  {
    id: 'paused-and-resumed',
    chapter,
    situation: 'A ready service is paused, and resumed later.',
    happens: 'Nothing is written; under its name it says that it is paused.',
    given,
    steps: [
      { do: 'count-calls' },
      { do: 'call', operation: 'PauseService', input: { ServiceArn: '{service}' } },
      { do: 'advance', time: '1m' },
      { do: 'expect', phase: 'ready', https: { [DOMAIN]: 503 } },
      { do: 'call', operation: 'ResumeService', input: { ServiceArn: '{service}' } },
      { do: 'advance', time: '1m' },
      inOrder,
      { do: 'expect', atMost: { writes: 0 } },
    ],
  },
  {
    id: 'deployed',
    chapter,
    situation: 'A new version of a ready service is deployed.',
    happens: 'Nothing is written, and the name answers all the time.',
    given,
    steps: [
      { do: 'count-calls' },
      { do: 'call', operation: 'StartDeployment', input: { ServiceArn: '{service}' } },
      { do: 'advance', time: '1s' },
      { do: 'expect', https: { [DOMAIN]: 200 } },
      { do: 'advance', time: '1m' },
      inOrder,
      { do: 'expect', atMost: { writes: 0 } },
    ],
  },
  {
    id: 'domain-added',
    chapter,
    situation: 'A domain is added to a ready service.',
    happens: 'It is published when its certificate is there; the other name answers all the time.',
    given,
    steps: [
      { do: 'tag', tags: { 'private-ingress:domains': `${DOMAIN} more.example.com` } },
      { do: 'advance', time: '1s' },
      { do: 'expect', https: { [DOMAIN]: 200 } },
      ready,
      {
        do: 'expect',
        findings: [],
        records: {
          private: [...claimed(DOMAIN), ...claimed('more.example.com')],
          public: [`validation ${DOMAIN}`, 'validation more.example.com'],
        },
        https: { [DOMAIN]: 200, 'more.example.com': 200 },
      },
    ],
  },
  {
    id: 'records-of-others',
    chapter,
    situation: 'Other people keep records in the same zones.',
    happens: 'They are left alone.',
    given,
    steps: [
      { do: 'put-record', zone: 'private', record: addressRecord('other.example.com', '192.0.2.9') },
      { do: 'count-calls' },
      { do: 'sweep' },
      {
        do: 'expect',
        records: { private: [...claimed(DOMAIN), 'A other.example.com 192.0.2.9'] },
        atMost: { writes: 0 },
      },
    ],
  },
  {
    id: 'certificate-not-renewing',
    chapter,
    situation: 'The validation record exists, but App Runner has not seen it since it was missing for a while.',
    happens: 'Nothing is cut: a finding says that the certificate would not be renewed.',
    given,
    steps: [
      { do: 'events', are: 'lost' },
      { do: 'delete-record', zone: 'public', name: DOMAIN, type: 'validation' },
      { do: 'advance', time: '1m' },
      { do: 'events', are: 'normal' },
      { do: 'poke' },
      { do: 'advance', time: '1s' },
      {
        do: 'expect',
        phase: 'ready',
        findings: [{ code: 'certificate-not-renewing', says: DOMAIN }],
        records: { public: [`validation ${DOMAIN}`] },
        https: { [DOMAIN]: 200 },
      },
    ],
    remedies: [
      { closes: 'certificate-not-renewing', steps: [{ do: 'advance', time: '1d' }, { do: 'sweep' }, inOrder] },
    ],
  },
  {
    id: 'reassociated',
    chapter,
    situation: 'A person asks for a new certificate, by the tag `private-ingress:reassociate`.',
    happens:
      'The domain is disassociated and associated again, which cuts its traffic until the new certificate is issued; the stack removes the tag once it has started.',
    given,
    steps: [
      { do: 'tag', tags: { 'private-ingress:reassociate': DOMAIN } },
      { do: 'advance', time: '5m' },
      inOrder,
      { do: 'expect', tags: TAGS, timeline: ['ready', 'disassociate', 'associate', 'ready'] },
    ],
  },
  {
    id: 'reassociated-by-every-apply',
    chapter,
    situation: 'A tool puts the tag `private-ingress:reassociate` back again and again.',
    happens:
      'Each time would cut the traffic. It is done twice within a day; after that it is contested, whatever the tags did meanwhile, and the name goes on answering.',
    given,
    steps: [
      ...[1, 2].flatMap((): readonly Step[] => [
        { do: 'tag', tags: { 'private-ingress:reassociate': DOMAIN } },
        { do: 'advance', time: '5m' },
        { do: 'expect', phase: 'ready', tags: TAGS },
      ]),
      { do: 'tag', tags: { 'private-ingress:reassociate': DOMAIN } },
      { do: 'advance', time: '5m' },
      {
        do: 'expect',
        phase: 'blocked',
        findings: [{ code: 'contested', says: `disassociate ${DOMAIN}` }],
        https: { [DOMAIN]: 200 },
        domains: { [DOMAIN]: 'active' },
        plan: ['contested'],
      },
    ],
    remedies: [
      {
        closes: 'contested',
        steps: [{ do: 'untag', keys: ['private-ingress:reassociate'] }, { do: 'advance', time: '1m' }, inOrder],
      },
    ],
  },
];
