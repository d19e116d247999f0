import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventSubject, unreadableEventMessage } from '../shared/service-event.ts';
import { SERVICE_ARN, SERVICE_ID } from './fixtures.ts';

const CONNECTION_ARN = `arn:aws:apprunner:ap-northeast-1:123456789012:vpcingressconnection/web/${SERVICE_ID}`;
const change = (more: object = {}) => ({
  source: 'aws.apprunner',
  'detail-type': 'AppRunner Service Status Change',
  account: '123456789012',
  region: 'ap-northeast-1',
  resources: [SERVICE_ARN],
  detail: { serviceName: 'web', serviceId: SERVICE_ID, currentServiceStatus: 'RUNNING' },
  ...more,
});
const call = (detail: object, more: object = {}) =>
  change({ 'detail-type': 'AWS API Call via CloudTrail', resources: [], detail, ...more });
const thisService = { kind: 'service', serviceArn: SERVICE_ARN };

describe('events of App Runner itself', () => {
  it.each([
    ['a status change', change()],
    ['an operation', change({ 'detail-type': 'AppRunner Service Operation Status Change' })],
    [
      'a domain’s validation, detail unknown',
      change({ 'detail-type': 'AppRunner Custom Domain Validation Status Update', detail: {} }),
    ],
    ['a kind of tomorrow', change({ 'detail-type': 'AppRunner Something New', detail: { any: [1] } })],
    ['no resources', change({ resources: [] })],
    ['resources missing', change({ resources: undefined })],
    ['resources of null', change({ resources: null })],
    ['no detail', change({ detail: undefined })],
    ['a detail of null', change({ detail: null })],
    // As AWS's guide once had it (docs/facts.md#event-detail-case).
    [
      'capitalised detail, no resources',
      change({ resources: undefined, detail: { ServiceName: 'web', ServiceId: SERVICE_ID, CurrentStatus: 'RUNNING' } }),
    ],
    ['the ARN in the detail only', change({ resources: [], detail: { ServiceArn: SERVICE_ARN } })],
    [
      'an ARN that is none, the id in the detail',
      change({ resources: ['arn:aws:apprunner:ap-northeast-1:123456789012:service/web'] }),
    ],
    ['another resource first', change({ resources: [CONNECTION_ARN, SERVICE_ARN] })],
    // AWS's own sample (docs/facts.md#arn-in-resources-counts).
    ['another account than the ARN’s', change({ account: '111122223333' })],
    ['no account, no region', change({ account: undefined, region: undefined })],
    [
      'a detail about another service than the ARN',
      change({ detail: { serviceName: 'api', serviceId: 'f'.repeat(32) } }),
    ],
  ])('%s', (_, event) => expect(eventSubject(event)).toEqual(thisService));

  it('a GovCloud or China service is one too', () => {
    const arn = SERVICE_ARN.replace('arn:aws:', 'arn:aws-us-gov:');
    expect(eventSubject(change({ resources: [arn] }))).toEqual({ kind: 'service', serviceArn: arn });
  });
});

describe('an operation that begins', () => {
  const operation = (detail: object) => change({ 'detail-type': 'AppRunner Service Operation Status Change', detail });
  const status = (previous: string, current: string) =>
    change({ detail: { previousServiceStatus: previous, currentServiceStatus: current } });
  it.each([
    ['an update', operation({ operationStatus: 'UpdateServiceStarted' })],
    ['an update, capitalised', operation({ OperationStatus: 'UpdateServiceStarted' })],
    ['a deployment', operation({ operationStatus: 'DeploymentStarted' })],
    ['a running service is busy', status('RUNNING', 'OPERATION_IN_PROGRESS')],
    ['a paused one is busy', change({ detail: { PreviousStatus: 'PAUSED', CurrentStatus: 'OPERATION_IN_PROGRESS' } })],
  ])('reports nothing to do: %s', (_, event) =>
    expect(eventSubject(event)).toMatchObject({ kind: 'no-news', serviceArn: SERVICE_ARN }),
  );
  it.each([
    ['a new service', operation({ operationStatus: 'CreateServiceStarted' })],
    ['its deletion', operation({ operationStatus: 'DeleteServiceStarted' })],
    ['the end of an update', operation({ operationStatus: 'UpdateServiceCompletedSuccessfully' })],
    ['it is over', status('OPERATION_IN_PROGRESS', 'RUNNING')],
    ['a new service is busy', status('', 'OPERATION_IN_PROGRESS')],
    ['a kind of tomorrow', operation({ operationStatus: 'RestartServiceStarted' })],
  ])('does: %s', (_, event) => expect(eventSubject(event)).toEqual(thisService));
});

describe('a call', () => {
  const role = 'arn:aws:iam::123456789012:role/stack-ReconcileRole';
  const by = (arn: unknown) =>
    call({
      eventName: 'UpdateService',
      requestParameters: { serviceArn: SERVICE_ARN },
      userIdentity: { sessionContext: { sessionIssuer: { arn } } },
    });
  it.each([
    ['of a role that reconciles', role, 'no-news'],
    ['of another role', `${role}2`, 'service'],
    ['of an unknown caller', undefined, 'service'],
    ['of something malformed', 7, 'service'],
  ])('%s', (_, arn, kind) => expect(eventSubject(by(arn), (one) => one === role)).toMatchObject({ kind }));
});

describe('calls, reported by CloudTrail', () => {
  const byService = { requestParameters: { serviceArn: SERVICE_ARN }, responseElements: null };
  const byResource = { requestParameters: { resourceArn: SERVICE_ARN, tags: [] }, responseElements: null };
  const answered = (more: object) => ({ requestParameters: { serviceName: 'web' }, responseElements: more });
  it.each<[string, object]>([
    ['CreateService', answered({ service: { serviceArn: SERVICE_ARN }, operationId: 'x' })],
    ['UpdateService', byService],
    ['DeleteService', byService],
    ['PauseService', byService],
    ['ResumeService', byService],
    ['StartDeployment', byService],
    ['AssociateCustomDomain', byService],
    ['DisassociateCustomDomain', { ...byService, responseElements: { serviceArn: SERVICE_ARN } }],
    ['AssociateCustomDomain', answered({ serviceArn: SERVICE_ARN })],
    ['CreateVpcIngressConnection', byService],
    ['UpdateVpcIngressConnection', answered({ vpcIngressConnection: { serviceArn: SERVICE_ARN } })],
    [
      'DeleteVpcIngressConnection',
      { requestParameters: null, responseElements: { vpcIngressConnection: { serviceArn: SERVICE_ARN } } },
    ],
    ['TagResource', byResource],
    ['UntagResource', byResource],
    ['UntagResource', { requestParameters: { resourceArn: SERVICE_ARN } }],
  ])('%s', (eventName, detail) => {
    const named = { eventSource: 'apprunner.amazonaws.com', eventName, ...detail };
    expect(eventSubject(call(named))).toEqual(thisService);
    expect(eventSubject(call({ ...named, errorCode: 'AccessDenied' }))).toMatchObject({
      kind: 'no-news',
      serviceArn: SERVICE_ARN,
    });
  });

  const refusal = {
    eventName: 'DeleteService',
    ...byService,
    errorCode: 'InvalidStateException',
    errorMessage: 'You cannot delete a Service while it has VpcIngressConnections with a status of AVAILABLE.',
  };
  it('a deletion that is refused because of the connection is about the service', () => {
    const event = { ...call(refusal), time: '2026-01-02T03:04:05Z' };
    expect(eventSubject(event)).toEqual({ ...thisService, deletionRefusedAt: Date.UTC(2026, 0, 2, 3, 4, 5) });
  });
  it.each<[string, object]>([
    ['for another reason', { errorMessage: 'an operation is in progress' }],
    ['without a reason', { errorMessage: undefined }],
    ['because the caller may not', { errorCode: 'AccessDenied' }],
    ['that is another call', { eventName: 'UpdateService' }],
  ])('a deletion refused %s reports nothing to do', (_, change) => {
    expect(eventSubject(call({ ...refusal, ...change }))).toMatchObject({ kind: 'no-news' });
  });

  it.each<[string, object]>([
    ['a connection’s tags', { requestParameters: { resourceArn: CONNECTION_ARN } }],
    ['a VPC connector', { requestParameters: { vpcConnectorName: 'x' }, responseElements: { vpcConnector: {} } }],
    ['no parameters', { requestParameters: null, responseElements: null }],
    ['nothing at all', {}],
    ['a connection that names no service', { responseElements: { vpcIngressConnection: {} } }],
  ])('%s is about something else', (_, detail) => {
    expect(eventSubject(call({ eventName: 'TagResource', ...detail }))).toMatchObject({ kind: 'other' });
  });
});

describe('events that name no service are ignored, with the reason', () => {
  it.each<[string, unknown]>([
    ['no service anywhere', change({ resources: [], detail: {} })],
    ['only a connection', change({ resources: [CONNECTION_ARN], detail: {} })],
    ['an id too short', change({ resources: [], detail: { serviceName: 'web', serviceId: 'abc' } })],
    ['a name with a slash', change({ resources: [], detail: { serviceName: 'a/b', serviceId: SERVICE_ID } })],
    ['no region to build the ARN with', change({ resources: [], region: undefined })],
    ['an account that is none', change({ resources: [], account: 'me' })],
  ])('%s', (_, event) => {
    expect(eventSubject(event)).toEqual({ kind: 'other', reason: expect.stringContaining('names no service') });
  });
});

describe('garbage', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['text', JSON.stringify(change())],
    ['a list', [change()]],
    ['an empty object', {}],
    ['no source', change({ source: undefined })],
    ['a source that is a number', change({ source: 1 })],
    ['no detail type', change({ 'detail-type': undefined })],
    ['the detail type in other letters', { ...change({ 'detail-type': undefined }), detailType: 'x' }],
    ['a detail that is text', change({ detail: '{}' })],
    ['a detail that is a list', change({ detail: [] })],
    ['resources that are text', change({ resources: SERVICE_ARN })],
    ['resources of numbers', change({ resources: [1] })],
    ['an account that is a number', change({ account: 123456789012 })],
    ['a call without a name', call({ requestParameters: { serviceArn: SERVICE_ARN } })],
    [
      'parameters that are text',
      call({ eventName: 'UpdateService', requestParameters: `{serviceArn=${SERVICE_ARN}}` }),
    ],
    ['an ARN that is a number', call({ eventName: 'UpdateService', requestParameters: { serviceArn: 1 } })],
  ])('%s is malformed, and says why', (_, event) => {
    const subject = eventSubject(event);
    expect(subject.kind).toBe('malformed');
    expect(subject.kind === 'malformed' ? subject.reason : '').not.toBe('');
  });

  it.each(['aws.ecs', 'AWS.APPRUNNER', 'my.app', ''])('source "%s" is about something else', (source) => {
    expect(eventSubject(change({ source }))).toMatchObject({ kind: 'other' });
  });

  it('never throws, and never names anything but a service', () => {
    const arn = fc.constantFrom(SERVICE_ARN, CONNECTION_ARN, '', 'arn:aws:s3:::x');
    const event = fc.record(
      {
        source: fc.constantFrom('aws.apprunner', 'aws.ecs'),
        'detail-type': fc.constantFrom('AWS API Call via CloudTrail', 'AppRunner Service Status Change'),
        account: fc.oneof(fc.string(), fc.constant('123456789012')),
        region: fc.oneof(fc.string(), fc.constant('ap-northeast-1')),
        resources: fc.array(arn),
        detail: fc.oneof(
          fc.object(),
          fc.record({ eventName: fc.string(), requestParameters: fc.record({ serviceArn: arn }) }),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(event, fc.anything()), (input) => {
        const subject = eventSubject(input);
        const named = subject.kind === 'service' ? subject.serviceArn : SERVICE_ARN;
        expect(named).toMatch(/:service\/[^/]+\/[0-9a-f]{32}$/);
      }),
    );
  });
});

describe('an unreadable event is kept, however large', () => {
  const bytes = (text: string) => Buffer.byteLength(text);

  it('whole, with the reason', () => {
    expect(JSON.parse(unreadableEventMessage({ a: '\uffff\u009b' }, 'why'))).toEqual({
      reason: 'why',
      event: { a: '\uffff\u009b' },
    });
    expect(unreadableEventMessage({ a: '\uffff\u009b' }, 'why')).toMatch(/^[\x20-\x7e]*$/);
  });

  it.each([
    ['a reason of 2 MiB', {}, 'x'.repeat(2 ** 21)],
    ['an event of 2 MiB', { a: 'x'.repeat(2 ** 21) }, 'why'],
    ['an event of control characters', { a: '\u0000'.repeat(300_000) }, 'why'],
    ['an event of wide characters', { a: '東'.repeat(300_000) }, '東'.repeat(9_000)],
    ['no event at all', undefined, 'why'],
  ])('%s', (_, event, reason) => {
    const message = unreadableEventMessage(event, reason);
    expect(bytes(message)).toBeLessThanOrEqual(262_144);
    expect(JSON.parse(message).reason).toBe(reason.slice(0, 1_000));
  });

  it('the start of a large one, with its size', () => {
    const event = { a: 'x'.repeat(300_000) };
    expect(JSON.parse(unreadableEventMessage(event, 'why'))).toEqual({
      reason: 'why',
      bytes: bytes(JSON.stringify(event)),
      eventStart: JSON.stringify(event).slice(0, 32_768),
    });
  });
});
