import { deleted, detached, disabled, endpointDeleted, unused } from './props.ts';
import type { Scenario } from './scenario.ts';
import { claimed, DOMAIN, inOrder, nothingLeft, OWNER_TAG_VALUE, TAGS } from './vocabulary.ts';

const chapter = 'going';
const given = 'a ready service';

/** A service is deleted, or seems to be. */
export const deletion: readonly Scenario[] = [
  {
    id: 'deletion-refused',
    chapter,
    situation: 'A person deletes the service, and App Runner refuses while it has a connection.',
    happens: 'Once the tag is `disabled` and the service is detached, it can be deleted.',
    worlds: [{ switches: { deleteServiceWithConnection: 'refused' } }],
    given,
    steps: [
      { ...deleted, refused: 'InvalidStateException' },
      inOrder,
      disabled,
      detached,
      deleted,
      { do: 'advance', time: '1m' },
      nothingLeft,
    ],
  },
  {
    id: 'deleted',
    chapter,
    situation: 'The service is deleted, with everything standing.',
    happens: 'The ledger names everything, so all of it is removed: records, and the connection if it is left.',
    worlds: [
      { name: 'the deletion takes the connection with it', switches: { deleteServiceWithConnection: 'cascades' } },
      { name: 'the deletion leaves the connection', switches: { deleteServiceWithConnection: 'leaves-connection' } },
      {
        name: 'the connection is left, and a deleted one not found',
        switches: { deleteServiceWithConnection: 'leaves-connection', deletedConnection: 'not-found' },
      },
    ],
    given,
    steps: [
      deleted,
      { do: 'advance', time: '1m' },
      { do: 'sweep' },
      { do: 'advance', time: '1m' },
      nothingLeft,
      { do: 'expect', connections: [], findings: unused },
    ],
    remedies: [{ closes: 'endpoint-unused', steps: endpointDeleted }],
  },
  {
    id: 'deleted-unnoticed',
    chapter,
    situation:
      'The service is deleted, every event of it is lost, and App Runner has forgotten it when the sweep comes.',
    happens: 'It counts as deleted because it is neither described nor listed; what was written is known from the row.',
    worlds: [
      { name: 'the deletion takes the connection with it', switches: { deleteServiceWithConnection: 'cascades' } },
      { name: 'the deletion leaves the connection', switches: { deleteServiceWithConnection: 'leaves-connection' } },
    ],
    given,
    steps: [
      { do: 'events', are: 'lost' },
      deleted,
      { do: 'advance', time: '3h' },
      { do: 'sweep' },
      { do: 'advance', time: '1m' },
      nothingLeft,
      { do: 'expect', connections: [] },
    ],
  },
  {
    id: 'deletion-failed',
    chapter,
    situation: 'App Runner cannot delete the service (`DELETE_FAILED`).',
    happens: 'Nothing is removed while the service may still exist.',
    worlds: [{ switches: { deleteServiceWithConnection: 'leaves-connection' } }],
    given,
    steps: [
      { do: 'fail-next', what: 'service-deletion' },
      deleted,
      { do: 'advance', time: '1m' },
      {
        do: 'expect',
        phase: 'blocked',
        findings: [{ code: 'service-delete-failed' }],
        records: { private: claimed(DOMAIN) },
      },
    ],
    remedies: [
      {
        closes: 'service-delete-failed',
        steps: [deleted, { do: 'advance', time: '1m' }, { do: 'sweep' }, { do: 'advance', time: '1m' }, nothingLeft],
      },
    ],
  },
  {
    id: 'made-anew',
    chapter,
    situation: 'The service is deleted unnoticed, and another one made with the same tags.',
    happens:
      'The name is still claimed for the old one, so the new one waits; the sweep takes back what the old one left, and the name changes hands.',
    worlds: [{ switches: { deleteServiceWithConnection: 'cascades' } }],
    given,
    steps: [
      { do: 'events', are: 'lost' },
      deleted,
      { do: 'advance', time: '1m' },
      { do: 'events', are: 'normal' },
      { do: 'create-service', name: 'next', tags: TAGS },
      { do: 'until', service: 'next', phase: 'blocked' },
      { do: 'expect', service: 'next', findings: [{ code: 'record-foreign', says: 'another service' }] },
      { do: 'sweep' },
      { do: 'sweep' },
      { do: 'until', service: 'next', phase: 'ready' },
      {
        do: 'expect',
        service: 'next',
        findings: [],
        records: {
          private: claimed(DOMAIN, '{endpoint-name}', '{service-id next}'),
          public: [`validation ${DOMAIN}`],
        },
        https: { [DOMAIN]: 200 },
      },
    ],
  },
  {
    id: 'not-found-but-listed',
    chapter,
    situation: 'App Runner answers “not found” for a service that it still lists.',
    happens: 'A service counts as deleted only when it is neither described nor listed: everything is kept.',
    reconciliationsFail: true,
    given,
    steps: [
      { do: 'break', operation: 'apprunner:DescribeService', error: 'ResourceNotFoundException' },
      { do: 'sweep' },
      { do: 'advance', time: '1h' },
      { do: 'expect', records: { private: claimed(DOMAIN) }, connections: ['AVAILABLE {endpoint}'] },
      { do: 'mend', operation: 'apprunner:DescribeService' },
      { do: 'sweep' },
      inOrder,
    ],
  },
  {
    id: 'orphaned-connection',
    chapter,
    situation: 'A connection of ours is left behind by a service that is deleted and of which nothing is noted.',
    happens: 'The sweep finds it in the listing, and deletes it; another one’s would be left alone.',
    worlds: [{ switches: { deleteServiceWithConnection: 'leaves-connection' } }],
    given: 'nothing',
    steps: [
      { do: 'events', are: 'lost' },
      { do: 'create-service', name: 'other', tags: TAGS },
      { do: 'advance', time: '1m' },
      { do: 'sweep' },
      { do: 'until', service: 'other', phase: 'ready' },
      {
        do: 'create-service',
        name: 'gone',
        input: { NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false } } },
      },
      { do: 'advance', time: '1m' },
      {
        do: 'call',
        operation: 'CreateVpcIngressConnection',
        input: {
          ServiceArn: '{service gone}',
          VpcIngressConnectionName: '{our-connection gone}',
          IngressVpcConfiguration: { VpcId: '{vpc}', VpcEndpointId: '{endpoint}' },
          Tags: [{ Key: 'private-ingress:owner', Value: OWNER_TAG_VALUE }],
        },
      },
      { do: 'advance', time: '1m' },
      { do: 'call', operation: 'DeleteService', input: { ServiceArn: '{service gone}' } },
      { do: 'advance', time: '1m' },
      { do: 'expect', service: 'gone', connections: ['AVAILABLE {endpoint}'] },
      { do: 'sweep' },
      { do: 'advance', time: '1m' },
      { do: 'expect', service: 'gone', connections: [] },
      inOrder,
    ],
  },
  {
    id: 'denied-is-not-gone',
    chapter,
    situation: 'The stack may no longer describe services.',
    happens: 'AccessDenied is never taken for “deleted”: everything is kept.',
    given,
    steps: [
      {
        do: 'break',
        operation: 'apprunner:DescribeService',
        error: 'AccessDeniedException',
        message: 'not authorized to perform apprunner:DescribeService',
      },
      { do: 'sweep' },
      {
        do: 'expect',
        findings: [{ code: 'access-denied' }],
        records: { private: claimed(DOMAIN) },
        https: { [DOMAIN]: 200 },
      },
      { do: 'mend', operation: 'apprunner:DescribeService' },
      { do: 'until', phase: 'ready', within: '1h' },
      inOrder,
    ],
  },
];
