import * as z from 'zod';
import { type FindingCode, findingDefinitions } from '../findings.ts';
import { ACCOUNT_ID, REGION } from '../patterns.ts';
import { phases } from '../plan/plan.ts';
import { proofs } from '../plan/plan-builder.ts';
import { detachReasons } from '../policy/desire.ts';
import { aliasStrategies } from '../records/alias.ts';

/** Services in the API and in the command line's `--json`. Times are ISO 8601 in UTC. */

export const time = z.iso.datetime();

const isFindingCode = (code: string): code is FindingCode => Object.hasOwn(findingDefinitions, code);
export const findingCode = z.enum(Object.keys(findingDefinitions).filter(isFindingCode));
export const severity = z.enum(['info', 'warning', 'error']);
export const phase = z.enum(phases);

export const account = z.string().regex(ACCOUNT_ID, 'an account is 12 digits').describe('12 digits');
export const region = z.string().regex(REGION, 'a region looks like ap-northeast-1').describe('Such as ap-northeast-1');
/** API model: the pattern of App Runner's ServiceName. */
export const serviceName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{3,39}$/, 'a service name is 4 to 40 letters, digits, hyphens and underscores')
  .describe('Name of the service');
const serviceId = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'a service id is 32 hexadecimal digits in lower case')
  .describe('Id of the service, the last part of its ARN');

/** One service, as its path names it. */
export const servicePath = z.strictObject({ account, region, name: serviceName, id: serviceId });

export const identity = { account: z.string(), region: z.string(), name: z.string(), id: z.string(), arn: z.string() };

const findingCore = {
  code: findingCode,
  severity,
  resource: z.string().describe('ARN or id of the resource concerned'),
  domain: z.string().optional(),
  message: z.string(),
  remedy: z.string(),
  since: time,
  agedDays: z.number().int().optional().describe('For how many days it is open: 1, 7 or 30; absent before the first'),
};

export const openFinding = z.object({ id: z.string().describe('The same as long as it is open'), ...findingCore });

/** A finding with the service it is about. */
export const serviceFinding = z.object({
  source: z.literal('service'),
  service: z.object(identity),
  ...openFinding.shape,
});

export const serviceSummary = z.object({
  ...identity,
  phase: phase.optional().describe('Absent until the first reconciliation'),
  domains: z.array(z.string()).readonly(),
  findings: z
    .array(z.object({ code: findingCode, severity, domain: z.string().optional(), message: z.string() }))
    .readonly(),
  updatedAt: time.optional().describe('Time of the last reconciliation'),
});
export type ServiceSummary = z.infer<typeof serviceSummary>;

const names = z.array(z.string()).readonly();

const desired = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('unmanaged') }),
    z.object({
      kind: z.literal('private'),
      vpcId: z.string().optional(),
      domains: names,
      aliasStrategy: z.enum(aliasStrategies),
      domainTags: z.record(z.string(), names).optional().describe('The names of each domains tag'),
      endpointId: z.string().optional(),
      zones: names.optional(),
      adopt: names.optional(),
      reassociate: names.optional(),
    }),
    z.object({
      kind: z.literal('detached'),
      reason: z.enum(detachReasons),
      restorePublic: z.boolean(),
    }),
    z.object({ kind: z.literal('released'), byPolicy: z.literal(true).optional() }),
    z.object({ kind: z.literal('unclear') }),
  ])
  .describe('The desired state, from the tags of the service and the policy');

const policy = z
  .object({
    enforcement: z.enum(['required', 'by-tag', 'ignored']),
    mode: z.enum(['audit', 'enforce']).describe('`audit`: the actions are reported, not executed'),
    because: z.string().describe('The rule that matches the service, or why none does'),
    rule: z.string().optional().describe('Name of the matching rule; absent when none matches'),
    exception: z
      .object({ state: z.enum(['in-force', 'expired']), reason: z.string(), until: z.string() })
      .optional()
      .describe('From what the rule requires; `until` is the last day it holds, in UTC'),
    matchTrace: z
      .array(z.object({ rule: z.string(), matched: z.boolean(), why: z.string() }))
      .readonly()
      .describe('The rules in the order they were tried, and why those that do not match do not'),
    tags: z
      .record(z.string(), z.string())
      .describe('The tags of the service that the policy or the product reads; others are left out'),
    units: z
      .array(z.string())
      .readonly()
      .optional()
      .describe('The units above its account up to the root; absent if the policy uses none'),
  })
  .describe('The decision of the policy');

const proof = z.object({
  kind: z.enum(proofs),
  at: time,
  verifiedAt: time.optional().describe('When it last answered over HTTPS from inside the VPC'),
});

/** Everything a person would ask about one service. */
export const serviceExplanation = z.object({
  ...identity,
  service: z
    .union([
      z.object({ status: z.literal('deleted') }),
      z.object({ status: z.string(), visibility: z.enum(['public', 'private']) }),
    ])
    .describe('As App Runner describes it now'),
  desired,
  policy,
  phase: phase.describe('Phase of this plan'),
  proof: proof.optional().describe('The last proof that the service answers'),
  actions: z
    .array(
      z.object({
        description: z.string(),
        why: z.string(),
        action: z.looseObject({ kind: z.string() }).describe('As the executor would execute it'),
      }),
    )
    .readonly()
    .describe('Actions that are possible now'),
  waitsFor: z
    .string()
    .optional()
    .describe('Why actions are kept and not executed (the kill switch, a held sweep), and when they will be'),
  waits: z
    .array(
      z.object({
        what: z.string(),
        subject: z.string(),
        why: z.string(),
        since: time,
        atMost: time.describe('After that it counts as overdue'),
      }),
    )
    .readonly()
    .describe('Conditions to wait for'),
  findings: z.array(openFinding).readonly(),
  endpoint: z
    .object({
      id: z.string(),
      state: z.string(),
      addresses: names,
      interfaces: z.number().int(),
      usdPerInterfaceHour: z.number(),
      usdPerMonth: z.number().describe('For the whole VPC, traffic not counted'),
    })
    .optional(),
  timeline: z
    .array(
      z.object({
        at: time,
        text: z.string(),
        by: z.string().optional().describe('ARN of the caller of this API'),
      }),
    )
    .readonly()
    .describe('Actions, findings and requests, the oldest first'),
  updatedAt: time.optional().describe('Time of the last reconciliation'),
});
export type ServiceExplanation = z.infer<typeof serviceExplanation>;
