import type { CallRecord, Principal } from '../../wire/service.ts';
import type { EventSink, World } from '../../world.ts';
import type { Trails } from './trails.ts';

const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';
/** App Runner hides these wherever they stand (documented: its CloudTrail example). */
const HIDDEN_MEMBERS = new Set(['buildCommand', 'startCommand', 'runtimeEnvironmentVariables']);
/** Global services, whose events appear in us-east-1 (documented). */
const GLOBAL_SERVICES = new Set(['route53', 'iam', 'organizations']);

/**
 * An observer of the gateway that turns each management call that writes, failed ones included, into an event
 * `AWS API Call via CloudTrail` on the default bus of the caller's account, where a trail records it
 * (docs/facts.md#cloudtrail-events).
 */
export function managementEvents(
  world: World,
  events: EventSink,
  trails: Pick<Trails, 'recordWrite'>,
): (call: CallRecord) => void {
  return (call) => {
    if (!call.writes || call.dataPlane) return;
    const { context, outcome } = call;
    const name = call.eventSource.replace(/\.amazonaws\.com$/, '');
    const isGlobal = GLOBAL_SERVICES.has(name);
    const region = isGlobal ? 'us-east-1' : context.region;
    if (!trails.recordWrite(context.account, region, call.eventSource, isGlobal)) return;
    events.emit({
      account: context.account,
      region,
      source: `aws.${name}`,
      'detail-type': 'AWS API Call via CloudTrail',
      resources: [],
      detail: {
        eventVersion: '1.08',
        userIdentity: userIdentity(context.principal, context.accessKeyId, call.at),
        eventTime: seconds(call.at),
        eventSource: call.eventSource,
        eventName: call.operation,
        awsRegion: region,
        sourceIPAddress: context.sourceAddress,
        userAgent: context.userAgent,
        ...(outcome.ok ? {} : { errorCode: outcome.code, errorMessage: outcome.message }),
        requestParameters: nothingIsNull(recorded(call.input)),
        responseElements: outcome.ok ? nothingIsNull(recorded(outcome.output)) : null,
        requestID: context.requestId,
        eventID: world.chance.uuid(),
        readOnly: false,
        eventType: 'AwsApiCall',
        managementEvent: true,
        recipientAccountId: context.account,
        eventCategory: 'Management',
      },
    });
  };
}

const seconds = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

const nothingIsNull = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? null : value;

/** Members begin in lower case; the keys of maps (tags, variables) are left alone only where AWS hides the whole map. */
function recorded(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(recorded);
  if (ArrayBuffer.isView(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => name !== '$metadata' && member !== undefined)
      .map(([name, member]) => {
        const key = name.charAt(0).toLowerCase() + name.slice(1);
        return [key, HIDDEN_MEMBERS.has(key) ? HIDDEN : recorded(member)];
      }),
  );
}

function userIdentity(principal: Principal, accessKeyId: string, at: number): object {
  const identity = { arn: principal.arn, accountId: principal.account, accessKeyId };
  if (principal.kind === 'root') return { type: 'Root', principalId: principal.account, ...identity };
  const session = principal.arn.split('/').at(-1) ?? principal.roleName;
  const roleId = `AROAEMBEDDED${principal.roleName.toUpperCase().replace(/[^A-Z0-9]/g, '')}`;
  return {
    type: 'AssumedRole',
    principalId: `${roleId}:${session}`,
    ...identity,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: roleId,
        arn: `arn:aws:iam::${principal.account}:role/${principal.roleName}`,
        accountId: principal.account,
        userName: principal.roleName,
      },
      attributes: { creationDate: seconds(at), mfaAuthenticated: 'false' },
    },
  };
}
