import { detached, disabled, endpointDeleted, unused } from './props.ts';
import type { Scenario } from './scenario.ts';
import { addressRecord, claimed, DOMAIN, inOrder, nothingLeft, ready, TAGS } from './vocabulary.ts';

const chapter = 'going';
const given = 'a ready service';

/** A service is detached or released. */
export const going: readonly Scenario[] = [
  {
    id: 'disabled',
    chapter,
    situation: 'The tag is set to `disabled`.',
    happens:
      'Everything is removed, in this order: record, domain, validation record, connection. The service stays private. The endpoint is kept, and a finding reports its cost.',
    worlds: [
      { name: 'a deleted connection is still described' },
      { name: 'a deleted connection is not found', switches: { deletedConnection: 'not-found' } },
      { name: 'no probe, the connection’s name is private', probe: false, switches: { connectionNameIsPublic: false } },
    ],
    given,
    steps: [
      disabled,
      detached,
      nothingLeft,
      {
        do: 'expect',
        visibility: 'private',
        connections: [],
        domains: {},
        findings: unused,
        timeline: [
          'detaching',
          'delete A',
          'disassociate',
          'delete CNAME',
          'delete the VPC ingress connection',
          'detached',
        ],
      },
    ],
    remedies: [{ closes: 'endpoint-unused', steps: endpointDeleted }],
  },
  {
    id: 'restore-public',
    chapter,
    situation: 'The tag is set to `disabled`, and the stack says `OnDetach: restore-public`.',
    happens: 'The service is made public again, last of all.',
    worlds: [{ parameters: { OnDetach: 'restore-public' } }],
    given,
    steps: [
      disabled,
      detached,
      { do: 'advance', time: '1m' },
      nothingLeft,
      {
        do: 'expect',
        visibility: 'public',
        timeline: ['delete the VPC ingress connection', 'make the service public again'],
      },
    ],
  },
  {
    id: 'one-of-two-leaves',
    chapter,
    situation: 'One of two services in the VPC is disabled.',
    happens: 'The other one stays as it is, and the endpoint stays in use.',
    given,
    steps: [
      {
        do: 'create-service',
        name: 'second',
        tags: { ...TAGS, 'private-ingress:domains': 'second.example.com' },
      },
      { do: 'until', service: 'second', phase: 'ready' },
      disabled,
      detached,
      {
        do: 'expect',
        findings: [],
        connections: [],
        records: { private: claimed('second.example.com', '{endpoint-name}', '{service-id second}') },
      },
      { do: 'expect', service: 'second', phase: 'ready', https: { 'second.example.com': 200 } },
    ],
  },
  {
    id: 'tag-missing',
    chapter,
    situation: 'The tag is removed, and comes back within the grace time.',
    happens: 'Everything is kept meanwhile; then nothing has happened.',
    worlds: [{ parameters: { DetachGrace: '2h' } }],
    given,
    steps: [
      { do: 'count-calls' },
      { do: 'untag', keys: ['private-ingress'] },
      { do: 'advance', time: '110m' },
      { do: 'expect', phase: 'ready', findings: [{ code: 'tag-missing' }], https: { [DOMAIN]: 200 } },
    ],
    remedies: [
      {
        closes: 'tag-missing',
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
    id: 'grace-over',
    chapter,
    situation: 'The tag is removed, and does not come back.',
    happens: 'After the grace time (`DetachGrace`) everything is removed, as with `disabled`.',
    worlds: [{ parameters: { DetachGrace: '1h' } }],
    given,
    steps: [
      { do: 'untag', keys: ['private-ingress'] },
      { do: 'advance', time: '30m' },
      { do: 'expect', findings: [{ code: 'tag-missing' }], https: { [DOMAIN]: 200 } },
      { do: 'until', phase: 'detached', within: '1h' },
      nothingLeft,
      { do: 'expect', connections: [], domains: {}, findings: unused },
    ],
  },
  {
    id: 'released',
    chapter,
    situation: 'The tag is set to `released`, to hand the name over to weighted records and another platform.',
    happens: 'Nothing is deleted, and nothing touched again.',
    given,
    steps: [
      { do: 'tag', tags: { 'private-ingress': 'released' } },
      { do: 'until', phase: 'released' },
      { do: 'expect', records: { private: claimed(DOMAIN) }, https: { [DOMAIN]: 200 }, findings: [] },
      { do: 'count-calls' },
      { do: 'delete-record', zone: 'private', name: DOMAIN, type: 'A' },
      {
        do: 'put-record',
        zone: 'private',
        record: { ...addressRecord(DOMAIN, '192.0.2.1'), SetIdentifier: 'next', Weight: 10 },
      },
      { do: 'sweep' },
      { do: 'enqueue' },
      { do: 'advance', time: '1m' },
      { do: 'expect', phase: 'released', vpcAnswers: { [DOMAIN]: ['192.0.2.1'] }, atMost: { writes: 0 } },
    ],
  },
  {
    id: 'back-again',
    chapter,
    situation: 'A disabled service is enabled again.',
    happens: 'It is all made anew; the endpoint is still there.',
    given,
    steps: [disabled, detached, { do: 'tag', tags: TAGS }, ready, inOrder, { do: 'expect', endpoints: 1 }],
  },
  {
    id: 'domain-removed',
    chapter,
    situation: 'One of two domains is taken out of the tag.',
    happens: 'Its records and its association go; the other one answers all the time.',
    given: 'nothing',
    steps: [
      { do: 'create-service', tags: { ...TAGS, 'private-ingress:domains': `${DOMAIN} more.example.com` } },
      ready,
      { do: 'tag', tags: TAGS },
      { do: 'advance', time: '1s' },
      { do: 'expect', https: { [DOMAIN]: 200 } },
      { do: 'advance', time: '1m' },
      inOrder,
    ],
  },
  {
    id: 'record-changed-meanwhile',
    chapter,
    situation: 'The record was changed by hand since the last reconciliation; then the tag is set to `disabled`.',
    happens: 'The record is not what the stack wrote, so it stays; everything else is removed.',
    given,
    steps: [
      { do: 'put-record', zone: 'private', record: addressRecord(DOMAIN, '192.0.2.1') },
      disabled,
      detached,
      {
        do: 'expect',
        findings: [{ code: 'record-left', says: '192.0.2.1' }, ...unused],
        records: { private: [`A ${DOMAIN} 192.0.2.1`], public: [] },
        connections: [],
      },
    ],
    remedies: [
      {
        closes: 'record-left',
        steps: [{ do: 'delete-record', zone: 'private', name: DOMAIN, type: 'A' }, { do: 'sweep' }],
      },
    ],
  },
  {
    id: 'records-of-others-stay',
    chapter,
    situation: 'Other people’s records stand beside ours when the tag is `disabled`.',
    happens: 'The stack does not change them.',
    given,
    steps: [
      { do: 'put-record', zone: 'private', record: addressRecord(`other.${DOMAIN}`, '192.0.2.9') },
      disabled,
      detached,
      { do: 'expect', records: { private: [`A other.${DOMAIN} 192.0.2.9`], public: [] } },
    ],
  },
  {
    id: 'deletions-fail-once',
    chapter,
    situation: 'Taking back the domain and the connection fails at first (`delete_failed`, `FAILED_DELETION`).',
    happens: 'Each is tried again, until nothing is left.',
    given,
    steps: [
      { do: 'fail-next', what: 'domain-deletion' },
      { do: 'fail-next', what: 'connection-deletion' },
      disabled,
      detached,
      nothingLeft,
      { do: 'expect', connections: [], domains: {} },
    ],
  },
  {
    id: 'certificate-record-of-two-services',
    chapter,
    situation:
      'Two services, one with the apex and one with its wildcard, need the same validation record; one leaves.',
    happens: 'The record goes with the one that wrote it, and is written again for the other at the next look.',
    given: 'nothing',
    steps: [
      { do: 'create-service', name: 'apex', tags: { ...TAGS, 'private-ingress:domains': 'example.com' } },
      { do: 'until', service: 'apex', phase: 'ready' },
      { do: 'create-service', name: 'wild', tags: { ...TAGS, 'private-ingress:domains': '_wildcard.example.com' } },
      { do: 'until', service: 'wild', phase: 'ready' },
      disabled,
      detached,
      { do: 'sweep' },
      {
        do: 'expect',
        service: 'wild',
        phase: 'ready',
        findings: [],
        records: {
          private: claimed('*.example.com', '{endpoint-name}', '{service-id wild}'),
          public: ['validation example.com'],
        },
      },
    ],
  },
];
