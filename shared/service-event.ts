import * as z from 'zod';
import { parseServiceArn } from './service-arn.ts';

/**
 * EventBridge event → which service it is about. Events are hints (docs/facts.md#events-are-best-effort): only the
 * ARN is read.
 * Only CreateService has a documented CloudTrail example (docs/facts.md#cloudtrail-events), so the ARN is looked
 * for in every place it may be.
 */
export type EventSubject =
  | { readonly kind: 'service'; readonly serviceArn: string }
  /** An App Runner event about something else, a connection's tags for instance. */
  | { readonly kind: 'other'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

const event = z.object({
  source: z.string(),
  'detail-type': z.string(),
  account: z.string().optional(),
  region: z.string().optional(),
  resources: z.array(z.string()).default([]),
  detail: z.record(z.string(), z.unknown()),
});

const serviceDetail = z.object({ serviceName: z.string(), serviceId: z.string() });

const callDetail = z.object({
  eventName: z.string(),
  errorCode: z.string().optional(),
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

export function eventSubject(input: unknown): EventSubject {
  const parsed = event.safeParse(input);
  if (!parsed.success)
    return { kind: 'malformed', reason: `not an EventBridge event: ${z.prettifyError(parsed.error)}` };
  const { source, 'detail-type': detailType, account, region, resources, detail } = parsed.data;
  if (source !== 'aws.apprunner') return { kind: 'other', reason: `its source is ${source}` };

  if (detailType === 'AWS API Call via CloudTrail') {
    const call = callDetail.safeParse(detail);
    if (!call.success) return { kind: 'malformed', reason: `not a CloudTrail record: ${z.prettifyError(call.error)}` };
    const { requestParameters: request, responseElements: response, eventName, errorCode } = call.data;
    if (errorCode !== undefined) return { kind: 'other', reason: `the call ${eventName} failed with ${errorCode}` };
    const places = [
      request?.serviceArn,
      request?.resourceArn,
      response?.service?.serviceArn,
      response?.vpcIngressConnection?.serviceArn,
      response?.serviceArn,
    ];
    return firstService(places) ?? { kind: 'other', reason: `the call ${eventName} names no service` };
  }

  // The ARN counts, not `account` (docs/facts.md#arn-in-resources-counts).
  const named = firstService(resources);
  if (named !== undefined) return named;
  const byId = serviceDetail.safeParse(detail);
  if (byId.success && account !== undefined && region !== undefined) {
    const { serviceName, serviceId } = byId.data;
    const built = firstService([`arn:aws:apprunner:${region}:${account}:service/${serviceName}/${serviceId}`]);
    if (built !== undefined) return built;
  }
  return { kind: 'malformed', reason: `"${detailType}" names no service, neither in resources nor in its detail` };
}

function firstService(places: readonly (string | undefined)[]): EventSubject | undefined {
  const serviceArn = places.find((place) => place !== undefined && parseServiceArn(place) !== undefined);
  return serviceArn === undefined ? undefined : { kind: 'service', serviceArn };
}
