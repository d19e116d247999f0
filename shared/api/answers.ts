import * as z from 'zod';
import { serviceExplanation, serviceFinding, serviceSummary } from './service-schemas.ts';
import { sweepFinding, sweepSummary } from './sweep-schemas.ts';

/** What the routes answer with. */

const next = z.string().optional().describe('Cursor of the next page; absent on the last one');

export const servicePage = z.object({ services: z.array(serviceSummary).readonly(), next });
export const findingPage = z.object({
  findings: z.array(z.discriminatedUnion('source', [serviceFinding, sweepFinding])).readonly(),
  next,
});
export const sweepPage = z.object({ sweeps: z.array(sweepSummary).readonly(), next });

export const accepted = z.object({
  service: z.string().describe('ARN'),
  asked: z.enum(['attach', 'detach', 'release', 'adopt', 'reconcile']),
  tags: z
    .object({ set: z.record(z.string(), z.string()), removed: z.array(z.string()).readonly() })
    .describe('The tags that were written; neither where they were so already'),
  watch: z.string().describe('Path at which to see what comes of it'),
});
export type Accepted = z.infer<typeof accepted>;

export const planned = z.object({
  event: z
    .object({
      rule: z.string().optional().describe('The rule of the stack that takes the event'),
      mismatches: z
        .array(z.object({ rule: z.string(), because: z.string() }))
        .readonly()
        .describe('Why the other rules do not take it'),
    })
    .optional(),
  serviceArn: z.string().optional().describe('The service it is about'),
  follows: z.string().describe('What would follow, for people'),
  service: serviceExplanation.optional().describe('The service, and the plan that would be made for it now'),
});
export type Planned = z.infer<typeof planned>;

export const redriven = z.object({
  redriven: z
    .array(z.object({ messageId: z.string(), serviceArn: z.string() }))
    .readonly()
    .describe('Back in work: the service is looked at'),
  dropped: z
    .array(z.object({ messageId: z.string(), reason: z.string() }))
    .readonly()
    .describe('About something else, or of a sweep that is over: nothing follows, so they are gone from the queue'),
  kept: z
    .array(z.object({ messageId: z.string(), reason: z.string() }))
    .readonly()
    .describe('Cannot be understood, and are still in the queue'),
  left: z.number().int().describe('Dead letters in the queue now, the kept ones included; SQS counts approximately'),
});
