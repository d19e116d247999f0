import * as z from 'zod';
import { type FailureCode, failureDefinitions } from '../sweep/failure.ts';
import { type OrphanKind, orphanDefinitions } from '../sweep/orphan.ts';
import { MAX_LISTED, RUN_ID, sweepStatuses } from '../sweep/run.ts';
import { findingCode, identity, phase, severity, time } from './service-schemas.ts';

/** Sweeps in the API and in the command line's `--json`. Times are ISO 8601 in UTC. */

const isFailureCode = (code: string): code is FailureCode => Object.hasOwn(failureDefinitions, code);
const isOrphanKind = (kind: string): kind is OrphanKind => Object.hasOwn(orphanDefinitions, kind);
const failureCode = z.enum(Object.keys(failureDefinitions).filter(isFailureCode));
const orphanKind = z.enum(Object.keys(orphanDefinitions).filter(isOrphanKind));

/** What a sweep may find that belongs to no service: see docs/sweep.md. */
export const sweepCode = z.enum(['sweep-held', ...failureCode.options, ...orphanKind.options]);
/** Of a finding of either source. */
export const anyCode = z.enum([...new Set([...findingCode.options, ...sweepCode.options])]);

const sweepId = z.string().describe('Such as 20260131T235959Z-1a2b3c4d; ids sort by time');

/** One sweep, as its path names it. */
export const sweepPath = z.strictObject({
  id: z
    .string()
    .regex(RUN_ID, 'the id of a sweep looks like 20260131T235959Z-1a2b3c4d')
    .describe('Id of the sweep, as the list of sweeps has it'),
});

const status = z
  .enum(sweepStatuses)
  .describe(
    'comparing: some targets have not answered; done: every service out of sync is enqueued; held: the changes exceed the limits of the policy, and nothing is enqueued until the sweep is confirmed',
  );

const counts = z.object({
  services: z.number().int().describe('Services in the accounts and regions that could be read'),
  managed: z.number().int().describe('Managed services'),
  differing: z.number().int().describe('Services out of sync with the policy or with their row; each is reconciled'),
  changes: z.number().int().describe('Of those, services that would be changed'),
  detaches: z.number().int().describe('Of those, services that would be detached or leave management'),
  orphans: z.number().int(),
  failures: z.number().int().describe('What could not be read. It never counts as in sync'),
});

const sweepCore = {
  id: sweepId,
  status,
  by: z.string().describe('`schedule`, or the ARN of the caller'),
  confirmedBy: z.string().optional().describe('ARN of the caller that confirmed it'),
  startedAt: time,
  endedAt: time.optional().describe('When the last target answered, or when it was confirmed'),
};

export const sweepSummary = z.object({
  ...sweepCore,
  targets: z.number().int().describe('Accounts and regions, and hosted zones, that are compared'),
  answered: z.number().int().describe('How many of them have answered'),
  counts: counts.optional().describe('Absent while it is comparing'),
});
export type SweepSummary = z.infer<typeof sweepSummary>;

export const sweepTarget = z.object({
  target: z.string().describe('123456789012/ap-northeast-1, or the id of a hosted zone'),
  counts: counts.optional().describe('Absent until it has answered'),
});

const described = { severity, resource: z.string(), message: z.string(), meaning: z.string(), remedy: z.string() };

/** The most services listed; counts.differing has their number. */
export const MAX_DIFFERENCES = 1000;

export const sweepReport = z.object({
  ...sweepCore,
  targets: z.array(sweepTarget).readonly(),
  counts: counts.describe('Of all that have answered so far'),
  differences: z
    .array(
      z.object({
        service: z.object(identity),
        would: z.enum(['refresh', 'change', 'detach', 'release']).describe('What a reconciliation would do'),
        phase,
        what: z.array(z.string()).readonly().describe('The planned actions, or why it is reconciled'),
      }),
    )
    .readonly()
    .describe(`Services out of sync, those to be detached first, then those to be changed; ${MAX_DIFFERENCES} at most`),
  orphans: z
    .array(z.object({ kind: orphanKind, ...described }))
    .readonly()
    .describe(
      `Unused resources, ${MAX_LISTED} at most; counts.orphans has their number. Records are reported when the sweep has ended`,
    ),
  failures: z
    .array(z.object({ code: failureCode, ...described }))
    .readonly()
    .describe(`What could not be read, ${MAX_LISTED} at most; counts.failures has their number`),
  reasons: z.array(z.string()).readonly().describe('Why it is held'),
});
export type SweepReport = z.infer<typeof sweepReport>;

export const sweepAccepted = z.object({
  sweep: sweepId,
  asked: z.enum(['begin', 'confirm']),
  watch: z.string().describe('Path of the sweep'),
  waitsFor: z
    .string()
    .optional()
    .describe('Why the request is kept and not done yet, and when it will be; absent: it is being done'),
});
export type SweepAccepted = z.infer<typeof sweepAccepted>;

/** A finding of the latest ended sweep that belongs to no service. */
export const sweepFinding = z.object({
  source: z.literal('sweep'),
  sweep: sweepId,
  code: sweepCode,
  severity,
  account: z.string().optional(),
  region: z.string().optional(),
  resource: z.string(),
  message: z.string(),
  remedy: z.string(),
  since: time.describe('When the sweep ended that found it'),
});
export type SweepFinding = z.infer<typeof sweepFinding>;
