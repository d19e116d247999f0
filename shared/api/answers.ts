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
    .describe('The tags that were written; empty when all of them were in place'),
  watch: z.string().describe('Path of the service'),
  waitsFor: z
    .string()
    .optional()
    .describe('Why the request is kept and not done yet, and when it will be; absent: it is being done'),
});
export type Accepted = z.infer<typeof accepted>;

export const planned = z.object({
  serviceArn: z.string().describe('ARN of the service'),
  follows: z.string().describe('The plan in one sentence'),
  service: serviceExplanation,
});
export type Planned = z.infer<typeof planned>;
