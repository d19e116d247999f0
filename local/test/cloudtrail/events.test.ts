import { describe, expect, it } from 'vitest';
import { seededChance } from '../../src/chance.ts';
import { VirtualClock } from '../../src/clock.ts';
import { defaultSwitches, profiles } from '../../src/profile.ts';
import { managementEvents } from '../../src/services/cloudtrail/events.ts';
import type { CallRecord } from '../../src/wire/service.ts';
import type { ServiceEvent } from '../../src/world.ts';

const ACCOUNT = '123456789012';
const SERVICE = `arn:aws:apprunner:ap-northeast-1:${ACCOUNT}:service/web/8fe1e10304f84fd2b0df550fe98a71fa`;

const call = (changes: Partial<CallRecord> = {}): CallRecord => ({
  at: Date.UTC(2026, 0, 1),
  service: 'apprunner',
  eventSource: 'apprunner.amazonaws.com',
  operation: 'TagResource',
  writes: true,
  dataPlane: false,
  input: { ResourceArn: SERVICE, Tags: [{ Key: 'private-ingress', Value: 'enabled' }] },
  context: {
    account: ACCOUNT,
    region: 'ap-northeast-1',
    requestId: 'request-1',
    principal: { kind: 'root', account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root` },
    accessKeyId: 'AKIAEXAMPLE',
    userAgent: 'aws-cli/2',
    sourceAddress: '192.0.2.1',
  },
  outcome: { ok: true, output: { $metadata: {} } },
  ...changes,
});

function trailOf(...calls: CallRecord[]): ServiceEvent[] {
  const reported: ServiceEvent[] = [];
  const world = {
    clock: new VirtualClock(),
    chance: seededChance('trail'),
    profile: profiles.fast,
    switches: defaultSwitches,
  };
  const observe = managementEvents(world, { emit: (event) => reported.push(event) }, { recordWrite: () => true });
  for (const one of calls) observe(one);
  return reported;
}

const detailOf = (changes: Partial<CallRecord>): unknown => trailOf(call(changes))[0]?.detail;

describe('CloudTrail', () => {
  it('records a management call that writes', () => {
    expect(trailOf(call())).toEqual([
      {
        account: ACCOUNT,
        region: 'ap-northeast-1',
        source: 'aws.apprunner',
        'detail-type': 'AWS API Call via CloudTrail',
        resources: [],
        detail: {
          eventVersion: '1.08',
          userIdentity: {
            type: 'Root',
            principalId: ACCOUNT,
            arn: `arn:aws:iam::${ACCOUNT}:root`,
            accountId: ACCOUNT,
            accessKeyId: 'AKIAEXAMPLE',
          },
          eventTime: '2026-01-01T00:00:00Z',
          eventSource: 'apprunner.amazonaws.com',
          eventName: 'TagResource',
          awsRegion: 'ap-northeast-1',
          sourceIPAddress: '192.0.2.1',
          userAgent: 'aws-cli/2',
          requestParameters: { resourceArn: SERVICE, tags: [{ key: 'private-ingress', value: 'enabled' }] },
          responseElements: null,
          requestID: 'request-1',
          eventID: expect.stringMatching(/^[0-9a-f-]{36}$/),
          readOnly: false,
          eventType: 'AwsApiCall',
          managementEvent: true,
          recipientAccountId: ACCOUNT,
          eventCategory: 'Management',
        },
      },
    ]);
  });

  it.each([
    ['reads', { writes: false }],
    ['data events', { dataPlane: true }],
  ])('leaves out %s', (_what, changes) => {
    expect(trailOf(call(changes))).toEqual([]);
  });

  it('records what was answered, with times as text and commands and variables hidden', () => {
    const code = {
      Runtime: 'NODEJS_18',
      BuildCommand: 'make',
      StartCommand: 'run',
      RuntimeEnvironmentVariables: { SECRET: 'x' },
    };
    const output = {
      Service: { ServiceArn: SERVICE, CreatedAt: new Date('2026-01-01T00:00:00.650Z'), SourceConfiguration: code },
      OperationId: 'o',
    };
    const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';
    expect(detailOf({ operation: 'CreateService', outcome: { ok: true, output } })).toMatchObject({
      responseElements: {
        operationId: 'o',
        service: {
          serviceArn: SERVICE,
          createdAt: '2026-01-01T00:00:00.650Z',
          sourceConfiguration: {
            runtime: 'NODEJS_18',
            buildCommand: hidden,
            startCommand: hidden,
            runtimeEnvironmentVariables: hidden,
          },
        },
      },
    });
  });

  it('records a call that failed', () => {
    const outcome = { ok: false, code: 'InvalidStateException', message: 'busy' } as const;
    expect(detailOf({ outcome })).toMatchObject({
      errorCode: 'InvalidStateException',
      errorMessage: 'busy',
      responseElements: null,
    });
  });

  it('names a role by its session and its issuer', () => {
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/reconcile/session-1`;
    const context = {
      ...call().context,
      principal: { kind: 'role', account: ACCOUNT, arn, roleName: 'reconcile' } as const,
    };
    expect(detailOf({ context })).toMatchObject({
      userIdentity: {
        type: 'AssumedRole',
        principalId: expect.stringMatching(/^AROA\w+:session-1$/),
        arn,
        sessionContext: {
          sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/reconcile`, userName: 'reconcile' },
        },
      },
    });
  });

  it('puts the calls of global services into us-east-1', () => {
    const [event] = trailOf(
      call({ service: 'route53', eventSource: 'route53.amazonaws.com', operation: 'ChangeResourceRecordSets' }),
    );
    expect(event).toMatchObject({ region: 'us-east-1', source: 'aws.route53', detail: { awsRegion: 'us-east-1' } });
  });
});
