import * as z from 'zod';
import { escapedJson } from './escaped-json.ts';
import { parseServiceArn } from './service-arn.ts';

/**
 * EventBridge event → which service it is about. Events are hints (docs/facts.md#events-are-best-effort): only the
 * ARN is read.
 * Only CreateService has a documented CloudTrail example (docs/facts.md#cloudtrail-events), so the ARN is looked
 * for in every place it may be.
 */
export type EventSubject =
  | {
      readonly kind: 'service';
      readonly serviceArn: string;
      /** Milliseconds since the epoch at which App Runner refused to delete the service because of its connection. */
      readonly deletionRefusedAt?: number;
    }
  /** Reports nothing to do: our own call, one that failed, or an operation that begins, whose end is another event. */
  | { readonly kind: 'no-news'; readonly reason: string; readonly serviceArn: string | undefined }
  /** Not about a service (a connection's tags for instance), or it does not say which one. The sweep sees the change. */
  | { readonly kind: 'other'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

const event = z.object({
  source: z.string(),
  'detail-type': z.string(),
  account: z.string().optional(),
  region: z.string().optional(),
  time: z.string().optional(),
  resources: z.array(z.string()).nullish(),
  detail: z.record(z.string(), z.unknown()).nullish(),
});

/** The members that name the service. */
const NAMING = ['serviceArn', 'serviceName', 'serviceId'] as const;

/** Operations during which App Runner refuses every call. The beginning of a new service counts: its endpoint takes as long. */
const BEGINNINGS = ['UpdateServiceStarted', 'DeploymentStarted', 'PauseServiceStarted', 'ResumeServiceStarted'];
const BEGINS = { previous: ['RUNNING', 'PAUSED'], current: 'OPERATION_IN_PROGRESS' };

const callDetail = z.object({
  eventName: z.string(),
  errorCode: z.string().optional(),
  errorMessage: z.string().nullish(),
  userIdentity: z
    .object({ sessionContext: z.object({ sessionIssuer: z.object({ arn: z.string() }).partial() }).partial() })
    .partial()
    .nullish()
    .catch(undefined),
  requestParameters: z.object({ serviceArn: z.string(), resourceArn: z.string() }).partial().nullish(),
  responseElements: z
    .object({
      service: z.object({ serviceArn: z.string() }).partial(),
      serviceArn: z.string(),
      vpcIngressConnection: z.object({ serviceArn: z.string() }).partial(),
    })
    .partial()
    .nullish(),
});

/** The name by which logs, messages and rows follow an event; a hop between regions renews the id. */
export function correlationOf(input: unknown): string | undefined {
  const parsed = z.object({ id: z.string().max(100) }).safeParse(input);
  return parsed.success ? `event/${parsed.data.id}` : undefined;
}

/** @param isOwnRole whether the ARN is that of a role which reconciles: its calls come back as events too. */
export function eventSubject(input: unknown, isOwnRole: (roleArn: string) => boolean = () => false): EventSubject {
  const parsed = event.safeParse(input);
  if (!parsed.success)
    return { kind: 'malformed', reason: `not an EventBridge event: ${z.prettifyError(parsed.error)}` };
  const { source, 'detail-type': detailType, account, region, time, resources, detail } = parsed.data;
  if (source !== 'aws.apprunner') return { kind: 'other', reason: `its source is ${source}` };

  if (detailType === 'AWS API Call via CloudTrail') {
    const call = callDetail.safeParse(detail);
    if (!call.success) return { kind: 'malformed', reason: `not a CloudTrail record: ${z.prettifyError(call.error)}` };
    const { requestParameters: request, responseElements: response, eventName, errorCode } = call.data;
    const caller = call.data.userIdentity?.sessionContext?.sessionIssuer?.arn;
    const places = [
      request?.serviceArn,
      request?.resourceArn,
      response?.service?.serviceArn,
      response?.vpcIngressConnection?.serviceArn,
      response?.serviceArn,
    ];
    const service = firstService(places);
    const noNews = (reason: string) => ({ kind: 'no-news', reason, serviceArn: service?.serviceArn }) as const;
    if (caller !== undefined && isOwnRole(caller)) return noNews(`${eventName} is our own call`);
    const isRefusal = isDeletionRefused(call.data);
    if (errorCode !== undefined && !isRefusal) return noNews(`the call ${eventName} failed with ${errorCode}`);
    if (service === undefined) return { kind: 'other', reason: `the call ${eventName} names no service` };
    const at = Date.parse(time ?? '');
    return isRefusal && !Number.isNaN(at) ? { ...service, deletionRefusedAt: at } : service;
  }

  const members = textMembers(detail ?? {});
  // The ARN counts, not `account` (docs/facts.md#arn-in-resources-counts).
  const [serviceArn, serviceName, serviceId] = NAMING.map((name) => members.get(name.toLowerCase()));
  const built =
    region === undefined ? undefined : `arn:aws:apprunner:${region}:${account}:service/${serviceName}/${serviceId}`;
  const service = firstService([...(resources ?? []), serviceArn, built]);
  const began = beginning(detailType, members);
  if (began !== undefined)
    return { kind: 'no-news', reason: `${began}: its end is another event`, serviceArn: service?.serviceArn };
  const reason = `"${detailType}" names no service, neither in resources nor in its detail`;
  return service ?? { kind: 'other', reason };
}

/** By their names in lower case: AWS documents both cases (docs/facts.md#event-detail-case). */
function textMembers(detail: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(detail).flatMap(([key, value]) => (typeof value === 'string' ? [[key.toLowerCase(), value]] : [])),
  );
}

/** What has begun, if nothing can be done before it ends. */
function beginning(detailType: string, members: ReadonlyMap<string, string>): string | undefined {
  if (detailType === 'AppRunner Service Operation Status Change')
    return BEGINNINGS.find((operation) => operation === members.get('operationstatus'));
  if (detailType !== 'AppRunner Service Status Change') return undefined;
  const [previous = '', current] = ['previous', 'current'].map(
    (when) => members.get(`${when}servicestatus`) ?? members.get(`${when}status`),
  );
  return BEGINS.previous.includes(previous) && current === BEGINS.current ? `${previous} → ${current}` : undefined;
}

/** App Runner refused to delete the service because of its connection (docs/facts.md#delete-service-with-connection). */
function isDeletionRefused({ eventName, errorCode, errorMessage }: z.infer<typeof callDetail>): boolean {
  return (
    eventName === 'DeleteService' &&
    errorCode === 'InvalidStateException' &&
    (errorMessage ?? '').includes('VpcIngressConnection')
  );
}

function firstService(
  places: readonly (string | undefined)[],
): (EventSubject & { readonly kind: 'service' }) | undefined {
  const serviceArn = places.find((place) => place !== undefined && parseServiceArn(place) !== undefined);
  return serviceArn === undefined ? undefined : { kind: 'service', serviceArn };
}

/** Bytes of a message that every SQS queue takes: the limit is 1 MiB since 2025, and 256 KiB in queues made before. */
const MAX_MESSAGE_BYTES = 256 * 1024;
const MAX_REASON_LENGTH = 1_000;

/**
 * The message that keeps an unreadable event for people: `{"reason", "event"}`, or `{"reason", "bytes", "eventStart"}` if the
 * event is too large for a message. Control characters are escaped: SQS takes none.
 */
export function unreadableEventMessage(event: unknown, reason: string): string {
  const kept = reason.slice(0, MAX_REASON_LENGTH);
  const whole = escapedJson({ reason: kept, event });
  if (Buffer.byteLength(whole) <= MAX_MESSAGE_BYTES) return whole;
  const text = JSON.stringify(event) ?? '';
  // Escaping makes a character six bytes at most.
  const eventStart = text.slice(0, MAX_MESSAGE_BYTES / 8);
  return escapedJson({ reason: kept, bytes: Buffer.byteLength(text), eventStart });
}
